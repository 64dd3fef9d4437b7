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
