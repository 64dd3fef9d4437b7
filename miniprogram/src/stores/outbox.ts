import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiError } from '@/api/problem'
import { reportStation } from '@/api/stations'
import type { ReportKind } from '@/api/types'
import { keep, kept } from '@/platform/keep'

/** A word about a station that could not be sent yet, with its key: sending it twice says it once. */
export interface WaitingReport {
  code: string
  kind: ReportKind
  amenity?: string
  key: string
  at: number
}

/** A word about a door is of use for two hours. */
const STILL_TRUE_MS = 2 * 3600_000

export const useOutbox = defineStore('outbox', () => {
  const waiting = ref<WaitingReport[]>(kept<WaitingReport[]>('outbox') ?? [])

  function save(): void {
    keep('outbox', waiting.value)
  }

  function add(report: WaitingReport): void {
    waiting.value = [...waiting.value, report]
    save()
  }

  async function flush(): Promise<void> {
    for (const report of [...waiting.value]) {
      if (Date.now() - report.at < STILL_TRUE_MS) {
        try {
          await reportStation(report.code, { kind: report.kind, amenity: report.amenity }, report.key)
        } catch (error) {
          // Still no network: keep it. A refusal is final, there is nobody left to tell.
          if (error instanceof ApiError && error.kind !== 'problem') return
        }
      }
      waiting.value = waiting.value.filter((one) => one.key !== report.key)
      save()
    }
  }

  return { waiting, add, flush }
})
