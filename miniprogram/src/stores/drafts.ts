import { forget, keep, kept, keptKeys } from '@/platform/keep'
import type { Answers } from '@/rules/form'
import type { IdentityMode } from '@/api/types'

/** A form half filled in. Kept on the phone only, thirty days, never on a borrowed one. */
export interface Draft {
  id: string
  /** The worker who typed it. Null: nobody was signed in, so it is with the phone until somebody does sign in. */
  owner: string | null
  service: string
  title: string
  answers: Answers
  identityMode: IdentityMode | null
  consents: Record<string, string>
  attachments: { id: string; claim?: string; name: string }[]
  /** One key for the whole draft: sending it again after a broken line is the same request. */
  sendKey: string
  savedAt: number
  /** The case that it goes on from. */
  from?: GoesOnFrom
  /** Of the answers those that were filled in and not said, as they were; null: something else was said there, or nothing. */
  suggested?: Record<string, string | null>
}

export interface GoesOnFrom {
  no: string
  mode: IdentityMode
  /** Of its files those that were not brought along yet. */
  files: string[]
}

export const DRAFT_DAYS = 30

export function saveDraft(draft: Draft): void {
  keep(`draft.${draft.id}`, draft)
}

export function dropDraft(id: string): void {
  forget(`draft.${id}`)
}

/** This worker's, newest first; on a shared phone nobody sees another's. */
export function drafts(owner: string | null, now: number): Draft[] {
  return everyDraft()
    .filter((draft) => {
      const old = now - draft.savedAt > DRAFT_DAYS * 86_400_000
      if (old) dropDraft(draft.id)
      return !old && draft.owner === owner
    })
    .sort((a, b) => b.savedAt - a.savedAt)
}

/** The newest for a service; `from`: of those that go on from this case. */
export function draftOf(service: string, owner: string | null, now: number, from?: string): Draft | null {
  return drafts(owner, now).find((draft) => draft.service === service && (from === undefined || draft.from?.no === from)) ?? null
}

/** What was typed before signing in belongs to the one who then signs in. An earlier draft of theirs stays beside it. */
export function claimDrafts(owner: string): void {
  for (const draft of everyDraft()) if (draft.owner === null) saveDraft({ ...draft, owner })
}

function everyDraft(): Draft[] {
  return keptKeys('draft.')
    .map((key) => kept<Draft>(key))
    .filter((draft): draft is Draft => draft !== undefined)
}
