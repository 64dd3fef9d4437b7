/**
 * uni-app's elements are plain custom elements in the browser. Whatever carries `role` and `tabindex` is made to answer Enter and
 * Space here, once, and the focus ring is shown only to those who use the keyboard.
 */
const PRESSABLE = /^(button|link|checkbox|radio|switch|tab)$/

export function startKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    document.documentElement.classList.add('keyboard')
    const target = event.target as HTMLElement
    if ((event.key === 'Enter' || event.key === ' ') && PRESSABLE.test(target.getAttribute('role') ?? '')) {
      event.preventDefault()
      target.click()
    }
  })
  document.addEventListener('pointerdown', () => document.documentElement.classList.remove('keyboard'))
}
