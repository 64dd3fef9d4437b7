import { holdBack } from './backkey'

/** Plays a voice or film over the page, with the browser's own controls; closed by its button or by going back. */
export function play(address: string, kind: 'audio' | 'video', close: string): void {
  const box = document.createElement('dialog')
  box.style.cssText = 'box-sizing:border-box;margin:auto;border:0;border-radius:16px;padding:16px;width:min(92vw,640px);background:var(--wb-card,#fff);color:inherit'
  const film = document.createElement(kind)
  film.src = address
  film.controls = true
  film.autoplay = true
  film.setAttribute('playsinline', '')
  film.style.cssText = 'display:block;width:100%;max-height:60vh;border-radius:8px'
  const button = document.createElement('button')
  button.textContent = close
  button.style.cssText = 'display:block;width:100%;min-height:48px;margin-top:12px;border:1px solid currentColor;border-radius:12px;background:none;color:inherit;font:inherit'
  button.addEventListener('click', () => box.close())
  const release = holdBack(() => box.close())
  box.addEventListener('close', () => {
    box.remove()
    release()
  })
  box.append(film, button)
  document.body.appendChild(box)
  box.showModal()
}
