import type { Export } from '@/api/types'
import { isoDay } from './when'

/** `我的信息-2026-11-26`: what a file of the export is called, by the day in Shenzhen. */
export function exportName(madeAt: string, title: string): string {
  return `${title}-${isoDay(Date.parse(madeAt))}`
}

/** The export as plain text that any phone opens: chapters, and under them one line each. Chapters without anything are left out. */
export function exportText(found: Export, title: string, made: string): string {
  const chapters = found.parts
    .filter((part) => part.entries.length > 0)
    .map((part) => [`【${part.title}】`, ...part.entries.map((entry) => entry.map((line) => `${line.label}：${line.value}`).join('\n'))].join('\n\n'))
  return [`${title}\n${made}`, ...chapters].join('\n\n\n') + '\n'
}
