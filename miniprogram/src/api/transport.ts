import { platform } from '@/platform'
import { ApiError } from './problem'
import type { Sent, Transport } from './request'

/** `uni.request`: fetch in the browser, wx.request in WeChat. Any HTTP status is an answer; only a broken line is a failure. */
export const uniTransport: Transport = {
  send({ method, url, headers, body, timeout }) {
    let task: UniApp.RequestTask | undefined
    const ask = () => new Promise<Sent>((resolve, reject) => {
      task = uni.request({
        url,
        method,
        header: headers,
        // wx.request would put an object into the query of a DELETE; text passes untouched.
        data: body === undefined || body instanceof ArrayBuffer ? body : JSON.stringify(body),
        timeout,
        dataType: 'text',
        success: (response) => resolve(received(response.statusCode, response.header, response.data)),
        fail: (failure) => reject(new ApiError(/timeout/i.test(failure.errMsg ?? '') ? 'timeout' : 'offline')),
      })
    })
    const early = platform.early(url)
    const answer = early ? early.then((text) => (text === null ? ask() : received(200, {}, text))) : ask()
    return { answer, abort: () => task?.abort() }
  },
}

export function received(status: number, header: unknown, data: unknown): Sent {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries((header ?? {}) as Record<string, unknown>)) {
    headers[name.toLowerCase()] = String(value)
  }
  return { status, headers, body: parsed(data) }
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string' || data === '') return data === '' ? undefined : data
  try {
    return JSON.parse(data)
  } catch {
    // A proxy's HTML page: its status is all there is to know.
    return undefined
  }
}
