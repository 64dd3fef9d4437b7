import { forget, keep, kept, keptKeys } from '@/platform/keep'
import type { Answers } from '@/rules/form'
import type { IdentityMode } from '@/api/types'

/** A form half filled in. Kept on the phone only, thirty days, never on a borrowed one. */
export interface Draft {
  service: string
  title: string
  answers: Answers
  identityMode: IdentityMode | null
  consents: Record<string, string>
  attachments: { id: string; claim?: string; name: string }[]
  /** One key for the whole draft: sending it again after a broken line is the same request. */
  sendKey: string
  savedAt: number
}

export const DRAFT_DAYS = 30

export function saveDraft(draft: Draft): void {
  keep(`draft.${draft.service}`, draft)
}

export function draftOf(service: string, now: number): Draft | null {
  const draft = kept<Draft>(`draft.${service}`)
  if (!draft) return null
  if (now - draft.savedAt > DRAFT_DAYS * 86_400_000) {
    forget(`draft.${service}`)
    return null
  }
  return draft
}

export function dropDraft(service: string): void {
  forget(`draft.${service}`)
}

export function drafts(now: number): Draft[] {
  return keptKeys('draft.')
    .map((key) => draftOf(key.slice('draft.'.length), now))
    .filter((draft): draft is Draft => draft !== null)
    .sort((a, b) => b.savedAt - a.savedAt)
}
