/**
 * In the browser the real <input> sits inside uni-app's element and carries none of its attributes: the label has to be put there.
 * WeChat's own controls read `aria-label`, and have no element to reach.
 */
export function labelField(host: HTMLElement | undefined, label: string, invalid: boolean): void {
  const root = host?.nodeType === 1 ? host : host?.parentElement
  const input = root?.querySelector?.('input, textarea')
  if (!input) return
  input.setAttribute('aria-label', label)
  input.setAttribute('aria-invalid', invalid ? 'true' : 'false')
}

/** The same for uni-app's <image>: the real <img> inside it has no text of its own. */
export function describePicture(host: HTMLElement | undefined, words: string): void {
  const root = host?.nodeType === 1 ? host : host?.parentElement
  if (!root?.querySelectorAll) return
  const put = () => root.querySelectorAll('img').forEach((image) => image.setAttribute('alt', words))
  put()
  // The <img> comes only once the picture is known.
  setTimeout(put, 100)
}
