import type { ComputedRef, InjectionKey } from 'vue'

/** Where files of a form's fields go: the draft or case that they are for, and how many it has of each field already. */
export interface FilesFor {
  place: string
  anonymous: boolean
  /** The form is being sent: what arrives now is not in it any more, and follows. */
  sending?: boolean
  already?: Record<string, number>
}

/** Given by the page that sends the form. */
export const FILES_FOR: InjectionKey<ComputedRef<FilesFor>> = Symbol('files for')
