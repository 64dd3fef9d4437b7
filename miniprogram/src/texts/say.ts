import { en } from './en'
import type { Locale } from './locale'
import { zhHans, type Texts } from './zh-Hans'
import { zhHantHK } from './zh-Hant-HK'

type Paths<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Paths<T[K]>}` }[keyof T & string]

export type Key = Paths<Texts>
export type Values = Record<string, string | number>

/** A translation may leave texts out: simplified Chinese is the one that is complete. */
export type Translation = { [K in keyof Texts]?: Partial<{ [L in keyof Texts[K]]: Texts[K][L] extends string ? string : Partial<Record<keyof Texts[K][L], string>> }> }

const LANGUAGES: Record<Locale, unknown> = { 'zh-Hans': zhHans, 'zh-Hant-HK': zhHantHK, en }

function find(texts: unknown, key: string): string | undefined {
  let at: unknown = texts
  for (const part of key.split('.')) at = (at as Record<string, unknown> | undefined)?.[part]
  return typeof at === 'string' && at !== '' ? at : undefined
}

export function say(locale: Locale, key: Key, values?: Values, quiet = false): string {
  const text = find(LANGUAGES[locale], key) ?? find(zhHans, key)
  if (text === undefined) return quiet ? '' : key
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text
}
