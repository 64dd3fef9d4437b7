/**
 * The phone's back button closes what lies over a page, and only then leaves the page. What opens puts an entry of its own on the
 * browser's history; uni-app's router never hears of it.
 */
interface Over {
  id: number
  /** The page that it lies over. */
  page: string
  close: () => void
}

const over: Over[] = []
let last = 0
/** Our own way back over an entry that is no longer needed. */
let leaving = false
let waiting: (() => void)[] = []
let releasing = 0

/** The entry that is in front, if it is one of ours and still of this page: the router copies marks when it replaces a page. */
function markOf(state: unknown): number | null {
  const mark = state as { over?: number; overPage?: string } | null
  return mark?.over !== undefined && mark.overPage === location.href ? mark.over : null
}

function went(event: PopStateEvent): void {
  if (leaving) {
    leaving = false
    event.stopImmediatePropagation()
    settle()
    return
  }
  const mark = markOf(event.state)
  const top = over[over.length - 1]
  if (top && top.page === location.href && mark !== top.id) {
    over.pop()
    event.stopImmediatePropagation()
    top.close()
  } else if (mark !== null && !over.some((one) => one.id === mark)) {
    // The page is back where something lay over it that was closed on the way to the next page.
    setTimeout(() => leave(mark))
  }
}

/** Closes by the back button from now on. Returns what is to be done once it is closed, however that came. */
export function holdBack(close: () => void): () => void {
  const one: Over = { id: (last += 1), page: location.href, close }
  over.push(one)
  history.pushState({ ...history.state, over: one.id, overPage: one.page }, '')
  return () => {
    const at = over.indexOf(one)
    if (at >= 0) over.splice(at, 1)
    releasing += 1
    // Whatever closed it may go on to another page, which then lies on top.
    setTimeout(() => {
      releasing -= 1
      leave(one.id)
      settle()
    })
  }
}

function leave(id: number): void {
  if (markOf(history.state) !== id || leaving) return
  leaving = true
  history.back()
}

function settle(): void {
  if (leaving || releasing) return
  for (const go of waiting) go()
  waiting = []
}

/** When the history is the pages' own again, so that a page can be left. */
export function backSettled(): Promise<void> {
  return leaving || releasing ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()
}

// As soon as this is loaded, and so before uni-app's router: it is not to hear of what is closed here.
window.addEventListener('popstate', went, true)
