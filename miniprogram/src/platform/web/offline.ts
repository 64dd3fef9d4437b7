/** How long a page is left alone before the files for the next time are fetched, milliseconds. */
const QUIET_MS = 3000

/** Keeps the page for a time without network; see worker.js. Plain http outside of this machine cannot, and works without. */
export function startOffline(): void {
  if (!('serviceWorker' in navigator)) return
  const register = () =>
    setTimeout(() => navigator.serviceWorker.register('sw.js').catch(() => undefined), QUIET_MS)
  if (document.readyState === 'complete') register()
  else window.addEventListener('load', register)
}

const RELOADED = 'wb.reloaded'
/** A second failure within this time is not an old page's: loading again would only go in circles. Milliseconds. */
const ONCE_IN_MS = 60_000

/** A page that was open while a new edition was published may ask for files that are gone: then it starts anew, once. */
export function startRecovery(): void {
  window.addEventListener('vite:preloadError', () => {
    if (!navigator.onLine) return
    const now = Date.now()
    if (now - Number(sessionStorage.getItem(RELOADED) ?? 0) < ONCE_IN_MS) return
    sessionStorage.setItem(RELOADED, String(now))
    window.location.reload()
  })
}
