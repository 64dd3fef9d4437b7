/** What headstart.js asked for before the page's own scripts were here. */
interface Early {
  url: string
  answer: Promise<Response>
}

/** Hands the answer over once. Anything but a good one is null: the page then asks again by itself. */
export function earlyAnswer(url: string): Promise<string | null> | null {
  const page = window as unknown as { warmbeeEarly?: Early }
  const early = page.warmbeeEarly
  if (early?.url !== url) return null
  delete page.warmbeeEarly
  return early.answer.then(
    (answer) => (answer.status === 200 ? answer.text() : null),
    () => null,
  )
}
