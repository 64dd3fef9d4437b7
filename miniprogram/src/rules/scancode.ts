/** The station code in whatever a scan or a launch gave: our short link, a mini-program path, its `scene`, or the bare code. */

const CODE = /^[A-Z]{2}\d{4}$/

export function stationCodeIn(text: string | null | undefined): string | null {
  if (!text) return null
  let plain = text
  // Launch parameters arrive encoded once, inside a path even twice.
  for (let round = 0; round < 2; round += 1) {
    try {
      plain = decodeURIComponent(plain)
    } catch {
      break
    }
  }
  const link = /\/s\/([A-Za-z]{2}\d{4})(?![A-Za-z0-9])/.exec(plain)
  const parameter = /(?:^|[?&#])(?:code|scene|station|s)=(?:s=|code=)?([A-Za-z]{2}\d{4})(?![A-Za-z0-9])/.exec(plain)
  const candidate = (link?.[1] ?? parameter?.[1] ?? plain.trim()).toUpperCase()
  return CODE.test(candidate) ? candidate : null
}
