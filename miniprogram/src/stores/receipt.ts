import type { Case } from '@/api/types'

/** The case just opened, handed from the form to the receipt in memory only: an anonymous secret is never written to the phone. */
let latest: Case | null = null

export function handReceipt(one: Case | null): void {
  latest = one
}

export function takeReceipt(): Case | null {
  return latest
}

/** Number and secret of the anonymous case that is open now. */
let opened: { no: string; secret: string } | null = null

export function openWithSecret(no: string, secret: string): void {
  opened = { no, secret }
}

/** The page of the case was left: whoever has the phone next does not open it. */
export function forgetSecret(): void {
  opened = null
}

export function secretOf(no: string): string | undefined {
  return opened?.no === no ? opened.secret : undefined
}
