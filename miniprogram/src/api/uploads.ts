import sha256 from '@/platform/sha256'
import { attach } from './cases'
import { ApiError } from './problem'
import { request } from './client'
import type { Attachment, UploadProgress } from './types'
import { platform, type Picture } from '@/platform'
import type { Spot } from '@/rules/cover'

/** Up to here a file goes in one piece. */
export const ONE_PIECE = 256 * 1024

/** What lets an upload go on after a broken line, or after the page was closed. */
export interface Ticket {
  id: string
  claim?: string
}

export interface Sending {
  file: Picture
  /** One for the whole file: beginning it twice is one upload. */
  key: string
  anonymous: boolean
  ticket?: Ticket
  onTicket?: (ticket: Ticket) => void
  /** From 0 to 100. */
  onProgress?: (percent: number) => void
}

/** Sends a file, in parts where it is large: only those that the service does not have yet. Its claim is the ticket's. */
export async function sendFile(sending: Sending): Promise<Attachment> {
  if (sending.file.size <= ONE_PIECE) return attach(sending.file, sending)
  const progress = await begunOrGoneOn(sending)
  const ticket = { id: progress.id, claim: progress.claim ?? sending.ticket?.claim }
  sending.onTicket?.(ticket)
  const reader = await platform.reader(sending.file)
  const all = Math.ceil(progress.size / progress.part_size)
  let missing = progress.missing
  for (const number of progress.missing) {
    sending.onProgress?.(Math.round(((all - missing.length) / all) * 100))
    const start = number * progress.part_size
    const part = await reader(start, Math.min(progress.part_size, progress.size - start))
    missing = (await ask<UploadProgress>(sending, 'PUT', `/uploads/${ticket.id}/parts/${number}`, ticket, part, { 'Part-Sha256': sha256(part) })).missing
  }
  sending.onProgress?.(100)
  const kept = await ask<Attachment>(sending, 'POST', `/uploads/${ticket.id}/attachment`, ticket)
  return { ...kept, claim: ticket.claim }
}

/** Takes out of a picture, that no case has yet, what lies at some spots. Asking twice is fine. */
export async function coverSpots(file: { id: string; claim?: string }, spots: readonly Spot[]): Promise<void> {
  const body = { spots, ...(file.claim ? { claim: file.claim } : {}) }
  await request({ method: 'POST', path: `/attachments/${file.id}/covers`, body, auth: file.claim ? 'none' : 'token', retries: 2, repeatable: true, timeout: 30_000, pin: 'leave' })
}

async function begunOrGoneOn(sending: Sending): Promise<UploadProgress> {
  if (sending.ticket) {
    try {
      return await ask<UploadProgress>(sending, 'GET', `/uploads/${sending.ticket.id}`, sending.ticket)
    } catch (failure) {
      // Older than a day, so nobody has it any more: from the beginning.
      if (!(failure instanceof ApiError) || failure.status !== 404) throw failure
    }
  }
  const begin = { method: 'POST', path: '/uploads', body: { size: sending.file.size }, retries: 2 } as const
  // A ticket that ran out was begun with the first key.
  const idempotencyKey = sending.ticket ? platform.uuid() : sending.key
  return request<UploadProgress>({ ...begin, idempotencyKey, auth: authOf(sending) })
}

function ask<T>(sending: Sending, method: 'GET' | 'PUT' | 'POST', path: string, ticket: Ticket, body?: ArrayBuffer, more: Record<string, string> = {}): Promise<T> {
  const headers = ticket.claim ? { ...more, 'Upload-Claim': ticket.claim } : more
  // Every one of these may be asked twice. A part on a bad network takes its time.
  return request<T>({ method, path, body, headers, auth: authOf(sending), retries: 2, repeatable: true, timeout: 30_000, pin: 'leave' })
}

function authOf(sending: Sending): 'none' | 'token' {
  return sending.anonymous ? 'none' : 'token'
}
