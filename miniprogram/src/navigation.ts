import { CALL_ME, HAZARD } from './config'
import { platform } from './platform'

/** Ways through the pages, so that no page spells out uni-app's calls. */

export type Tab = 'home' | 'stations' | 'activities' | 'services' | 'me'

/** What lay over the page takes its entry off the browser's history first: on its way back it would cross the new page's. */
function settled(go: () => void): void {
  void platform.backSettled().then(go)
}

export function open(url: string): void {
  settled(() => uni.navigateTo({ url }))
}

export function instead(url: string): void {
  settled(() => uni.redirectTo({ url }))
}

export function openTab(tab: Tab): void {
  settled(() => uni.switchTab({ url: `/pages/${tab}/${tab}` }))
}

export function back(): void {
  settled(() => {
    if (getCurrentPages().length > 1) uni.navigateBack()
    else openTab('home')
  })
}

/** Closes every page: what is open may show what is another person's. */
export function startOver(url = '/pages/home/home'): void {
  settled(() => uni.reLaunch({ url }))
}

export function openService(key: string): void {
  if (key === CALL_ME) openCallMe('')
  else if (key === HAZARD) open('/cases/hazard/hazard?camera=1')
  else open(`/cases/service/service?key=${key}`)
}

export function openStation(code: string, more = ''): void {
  open(`/stations/detail/detail?code=${encodeURIComponent(code)}${more}`)
}

/** Signing in comes back to the page it was opened from, where everything typed still stands. */
export function openSignIn(): void {
  open('/account/sign-in/sign-in')
}

/**
 * `about`: what staff read of where one came from, in the service's own words; `shown`: the same as the worker reads it; `no`: of their own case
 * that it is about, whose union then calls.
 */
export function openCallMe(about: string, shown = about, no = ''): void {
  open(`/cases/call/call?about=${encodeURIComponent(about)}&shown=${encodeURIComponent(shown)}${no && `&no=${no}`}`)
}

export function openVerify(): void {
  open('/account/verify/verify')
}

/** Links of notices and searches are paths of the page, `/cases/...`; anything else is not followed. */
export function follow(link: string | null | undefined): void {
  if (!link) return
  const known: [RegExp, (id: string) => void][] = [
    [/^\/?cases\/([A-Z0-9-]+)$/, (no) => open(`/cases/case/case?no=${no}`)],
    [/^\/?activities\/([0-9a-f-]+)$/, (id) => open(`/activities/detail/detail?id=${id}`)],
    [/^\/?stations\/([A-Za-z0-9]+)$/, (code) => openStation(code)],
    [/^\/?services\/([a-z_]+)$/, openService],
    [/^\/?me\/card$/, () => open('/account/card/card')],
    [/^\/?me\/closing$/, () => open('/account/data/data')],
    [/^\/?me(\/verification)?$/, () => openTab('me')],
  ]
  for (const [form, go] of known) {
    const found = form.exec(link)
    if (found) {
      go(found[1] ?? '')
      return
    }
  }
}

export function say(words: string): void {
  uni.showToast({ title: words, icon: 'none', duration: 3000 })
}

/** Brings an element below the head, by its id. */
export function scrollTo(id: string): void {
  const query = uni.createSelectorQuery()
  query.select(`#${id}`).boundingClientRect()
  query.selectViewport().scrollOffset(() => undefined)
  query.exec((found: [{ top: number } | null, { scrollTop: number }]) => {
    if (found[0]) uni.pageScrollTo({ scrollTop: Math.max(0, found[0].top + found[1].scrollTop - 76), duration: 200 })
  })
}

/** A question with two answers. */
export function ask(title: string, content: string, yes: string, no: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Going back is a no.
    const release = platform.holdBack(() => platform.sayNo())
    const answered = (is: boolean): void => {
      release()
      resolve(is)
    }
    const show = (labels: { confirmText?: string; cancelText?: string }): void =>
      uni.showModal({
        title,
        content,
        ...labels,
        success: ({ confirm }) => answered(confirm),
        // WeChat takes labels of four characters at most, which few English words are, and else asks nothing: it has its own.
        fail: () => (labels.confirmText ? show({}) : answered(false)),
      })
    show({ confirmText: yes, cancelText: no })
  })
}
