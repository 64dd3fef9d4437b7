import { hash } from '@stablelib/sha256'

/** In hex. The browser's own is missing on plain http, and WeChat has none. */
export default function sha256(content: ArrayBuffer): string {
  return Array.from(hash(new Uint8Array(content)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
