import { platform } from '@/platform'
import { ApiError, problemFrom, retryAfterSeconds } from './problem'
import { createClient, type Call, type SessionSource } from './request'
import { received, uniTransport } from './transport'

/** Filled in by the session store at the start: the client itself does not know where tokens come from. */
let source: SessionSource = { token: () => null, owner: () => null, renew: () => Promise.resolve(null), unlock: () => Promise.resolve(false) }
let language: () => string = () => 'zh-Hans'

export function useSessionSource(session: SessionSource, languageNow: () => string): void {
  source = session
  language = languageNow
}

const client = createClient({
  origin: platform.origin,
  transport: uniTransport,
  session: { token: () => source.token(), owner: () => source.owner(), renew: () => source.renew(), unlock: () => source.unlock() },
  language: () => language(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  now: Date.now,
})

export const request = client.request

export const get = <T>(path: string, query?: Call['query'], more?: Partial<Call>): Promise<T> =>
  request<T>({ method: 'GET', path, query, ...more })

export const post = <T>(path: string, body?: unknown, more?: Partial<Call>): Promise<T> =>
  request<T>({ method: 'POST', path, body: body ?? {}, ...more })

/** Sends one file as multipart; progress from 0 to 100. */
export function upload<T>(
  path: string,
  picture: { path: string; name: string; file?: File },
  options: { key: string; auth?: Call['auth']; onProgress?: (percent: number) => void },
): Promise<T> {
  const token = options.auth === 'none' ? null : source.token()
  const header: Record<string, string> = { 'Idempotency-Key': options.key }
  if (token) header.Authorization = `Bearer ${token}`
  return new Promise((resolve, reject) => {
    const task = uni.uploadFile({
      url: `${platform.origin}/api/v1${path}`,
      filePath: picture.path,
      file: picture.file,
      name: 'file',
      header,
      timeout: 60_000,
      success: (response) => {
        const sent = received(response.statusCode, {}, response.data)
        if (sent.status >= 400) {
          reject(new ApiError('problem', problemFrom(sent.status, sent.body), retryAfterSeconds(undefined, Date.now())))
        } else {
          resolve(sent.body as T)
        }
      },
      fail: (failure: { errMsg?: string }) =>
        reject(new ApiError(/timeout/i.test(failure.errMsg ?? '') ? 'timeout' : 'offline')),
    })
    task.onProgressUpdate?.(({ progress }) => options.onProgress?.(progress))
  })
}
