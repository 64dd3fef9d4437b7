/**
 * What a form asks, given what was answered so far. A service sends its form as JSON Schema 2020-12 with `x-layout`: the order, the
 * words, and the conditions. The schema is the service's own check; the phone checks what it can say at once.
 */

import { isoDay } from './when'

export type FieldType =
  | 'text'
  | 'long_text'
  | 'choice'
  | 'open_choice'
  | 'choices'
  | 'phone'
  | 'yes_no'
  | 'money'
  | 'date'
  | 'month'
  | 'integer'
  | 'period'
  | 'time'
  | 'address'
  | 'station'
  | 'person'
  | 'paper'
  | 'uscc'
  | 'area'
  | 'organisation'
  | 'publication'
  | 'own_case'
  | 'place'
  | 'moment'
  | 'signature'
  | 'bank_card'
  | 'rows'
  | 'file'
  | 'info'
  | 'identity'

/** What a field for files takes. */
export type FileKind = 'image' | 'pdf' | 'audio' | 'video'

/** A file as a form or a message names it. Of a field for files the answer is a list of them, which goes beside the answers. */
export interface Attached {
  id: string
  claim?: string
  name: string
}

/** The same as it is sent. */
export interface FileToSend {
  id: string
  claim?: string
  field?: string
}

/** Nobody tells of a day, or a month, that is longer ago. */
const LIFETIME_YEARS = 100

/** What only shows something. */
const SILENT: readonly FieldType[] = ['info', 'identity']

/** Answers of several parts, each of them words. */
const GROUPS: readonly FieldType[] = ['bank_card', 'paper', 'address', 'period']

/** An employer, a platform or a union; the code only where one was picked. */
export interface OrganisationAnswer {
  name: string
  code?: string
}

/** What was published, or own words; the code and the street only where one was picked. */
export interface PublicationAnswer {
  name: string
  code?: string
  area?: string
}

/** Where a thing is, and how that was said. */
export interface SpotAnswer {
  lat: number
  lng: number
  source: 'here' | 'pin' | 'station' | 'street'
  datum?: 'gcj02' | 'wgs84'
  /** Metres. */
  accuracy?: number
  name?: string
  /** Code of the one that somebody says it lies in. */
  street?: string
}

export interface SignatureAnswer {
  name: string
  agreed: boolean
}

export interface BankCardAnswer {
  bank: string
  number: string
}

export interface PaperAnswer {
  kind: string
  number: string
}

/** `area`: code of a street or a community. */
export interface AddressAnswer {
  area: string
  detail: string
}

/** Days; without `to` where it goes on. */
export interface PeriodAnswer {
  from: string
  to?: string
}

/** A list of cases, one of which must hold: in each, every named answer is one of its values. */
export type Condition = readonly Record<string, readonly unknown[]>[]

export interface FieldLayout {
  key: string
  type: FieldType
  label: string
  widget?: string
  help?: string
  placeholder?: string
  /** Of rows: what is said once there are so many. */
  many?: { least: number; say: string }
  /** What of the account stands here where nothing is written. */
  filled_from?: 'phone' | 'name'
  /** What stands here at first: the street of the station whose code was scanned. */
  suggested?: 'station'
  /** Of a publication: the field for a street that gets where it was published. */
  fills?: string
  required?: boolean
  required_if?: Condition
  visible_if?: Condition
  choices?: { value: string; label: string; help?: string }[]
  /** The columns of rows. */
  fields?: FieldLayout[]
  /** Of a day or a month on which something happened: none that is still to come. */
  not_after?: 'today'
  /** Of a field for files: what it takes, and how many. */
  kinds?: FileKind[]
  most?: number
}

export interface SectionLayout {
  key: string
  title: string
  help?: string
  fields: FieldLayout[]
}

interface PropertySchema {
  type?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  /** The parts that an object has to have. */
  required?: string[]
  items?: { properties?: Record<string, PropertySchema>; required?: string[] }
}

export interface FormSchema {
  title?: string
  properties: Record<string, PropertySchema>
  'x-layout': { sections: SectionLayout[] }
}

export type Answers = Record<string, unknown>
export type Row = Record<string, unknown>

/** What is wrong with an answer; the words are the page's. `limit` is the number that was passed. */
export interface Fault {
  why: 'required' | 'too_short' | 'too_long' | 'too_few' | 'too_many' | 'number' | 'whole' | 'date' | 'not_yet' | 'long_ago' | 'tick'
  limit?: number
}

export function holds(condition: Condition | undefined, answers: Answers): boolean {
  if (!condition) return true
  return condition.some((one) =>
    Object.entries(one).every(([key, values]) => values.some((value) => value === answers[key])),
  )
}

/** The form as somebody fills it in for another: not who the account is verified as; they sign by saying yes to what is read aloud. */
export function forSomebody(schema: FormSchema, signing: string): FormSchema {
  const sections = schema['x-layout'].sections
    .map((section) => ({
      ...section,
      fields: section.fields
        .filter((field) => field.type !== 'identity')
        .map((field) => (field.type === 'signature' ? { ...field, help: signing } : field)),
    }))
    .filter((section) => section.fields.length > 0)
  return { ...schema, 'x-layout': { ...schema['x-layout'], sections } }
}

/** Sections with only the fields that are to be shown now; a section without any is left out. */
export function shown(schema: FormSchema, answers: Answers): SectionLayout[] {
  return schema['x-layout'].sections
    .map((section) => ({ ...section, fields: section.fields.filter((field) => holds(field.visible_if, answers)) }))
    .filter((section) => section.fields.length > 0)
}

export function isRequired(field: FieldLayout, answers: Answers): boolean {
  if (SILENT.includes(field.type)) return false
  return Boolean(field.required) || (field.required_if !== undefined && holds(field.required_if, answers))
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  if (typeof value === 'object' && 'name' in value) return String(value.name).trim() === ''
  if (typeof value === 'object' && !Array.isArray(value)) return Object.values(value).every(isEmpty)
  return Array.isArray(value) && value.length === 0
}

/** The answers with one of them given, or taken back; what it says of another field stands there as well, and what it said no more. */
export function answered(field: FieldLayout, value: unknown, before: Answers): Answers {
  const { [field.key]: old, ...next } = before
  if (value !== undefined) next[field.key] = value
  if (!field.fills) return next
  const [said, says] = [old, value].map((one) => (one as PublicationAnswer | undefined)?.area)
  if (said && next[field.fills] === said) delete next[field.fills]
  if (says) next[field.fills] = says
  return next
}

/** The answers without numbers of other cases, also where nothing asks for one now. */
export function withoutOwnCases(schema: FormSchema, answers: Answers): Answers {
  const left = { ...answers }
  for (const section of schema['x-layout'].sections) for (const field of section.fields) if (field.type === 'own_case') delete left[field.key]
  return left
}

/** An answer of several parts with one of them changed; nothing where all are empty. */
export function withPart<A extends object>(answer: A | null, part: keyof A, value: unknown): Partial<A> | undefined {
  const { [part]: _, ...others } = { ...answer } as A
  const next = (isEmpty(value) ? others : { ...others, [part]: value }) as Partial<A>
  return isEmpty(next) ? undefined : next
}

/** Of faults by dotted path those of one answer, by the path below it; '' is the answer itself. */
export function faultsBelow(faults: Record<string, string>, key: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [path, words] of Object.entries(faults)) {
    if (path === key) found[''] = words
    else if (path.startsWith(`${key}.`)) found[path.slice(key.length + 1)] = words
  }
  return found
}

/**
 * The answers to send: nothing that is hidden now, nothing empty, text without spaces around it. What was typed into a field that a
 * later answer hid stays in the draft, so that changing one's mind loses nothing.
 */
export function toSend(schema: FormSchema, answers: Answers): Answers {
  const sent: Answers = {}
  for (const section of shown(schema, answers)) {
    for (const field of section.fields) {
      if (SILENT.includes(field.type) || field.type === 'file') continue
      const value = cleaned(field, answers[field.key])
      if (!isEmpty(value)) sent[field.key] = value
    }
  }
  return sent
}

/**
 * The questions that may begin with the street of the scanned station. What another answer makes required asks whose doing something
 * was: that is for the person to say.
 */
export function toSuggest(schema: FormSchema, answers: Answers): string[] {
  const found: string[] = []
  for (const section of shown(schema, answers)) {
    for (const field of section.fields) {
      if (field.suggested === 'station' && !(field.required_if && holds(field.required_if, answers))) found.push(field.key)
    }
  }
  return found
}

/** The fields for files that are to be seen now. */
export function fileFields(schema: FormSchema, answers: Answers): FieldLayout[] {
  const found: FieldLayout[] = []
  for (const section of shown(schema, answers)) found.push(...section.fields.filter((field) => field.type === 'file'))
  return found
}

/** The files that go beside the answers: those of the fields, in their order, and those that were added to the whole. */
export function filesToSend(schema: FormSchema, answers: Answers, loose: readonly Attached[]): FileToSend[] {
  const sent: FileToSend[] = []
  for (const { key } of fileFields(schema, answers)) sent.push(...((answers[key] ?? []) as Attached[]).map((one) => ({ ...named(one), field: key })))
  return [...sent, ...loose.map(named)]
}

const named = ({ id, claim }: Attached): FileToSend => (claim ? { id, claim } : { id })

/** Words about files of the list that was sent, beside the field that each was given to; `attachments` for those of the whole. */
export function faultsBeside(faults: Record<string, string>, files: readonly FileToSend[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [path, line] of Object.entries(faults)) {
    const number = /^attachments\.(\d+)\./.exec(path)?.[1]
    found[number === undefined ? path.replace(/^answers\./, '') : (files[Number(number)]?.field ?? 'attachments')] = line
  }
  return found
}

function cleaned(field: FieldLayout, value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if ((field.type === 'organisation' || field.type === 'publication' || field.type === 'station' || field.type === 'signature') && value) {
    return { ...(value as OrganisationAnswer), name: (value as OrganisationAnswer).name.trim() }
  }
  if (GROUPS.includes(field.type) && value) {
    const kept: Row = {}
    for (const [part, words] of Object.entries(value)) kept[part] = String(words).trim()
    return kept
  }
  if (field.type === 'rows' && Array.isArray(value)) {
    return (value as Row[])
      .map((row) => cleanedRow(field.fields ?? [], row))
      .filter((row) => Object.keys(row).length > 0)
  }
  return value
}

function cleanedRow(columns: FieldLayout[], row: Row): Row {
  const kept: Row = {}
  for (const column of columns) {
    const value = cleaned(column, row[column.key])
    if (!isEmpty(value)) kept[column.key] = value
  }
  return kept
}

/** Faults by dotted path (`wages.0.paid`), in the order of the page. */
export function faults(schema: FormSchema, answers: Answers): Record<string, Fault> {
  const found: Record<string, Fault> = {}
  for (const section of shown(schema, answers)) {
    for (const field of section.fields) {
      const value = cleaned(field, answers[field.key])
      const property = schema.properties[field.key] ?? {}
      if (isEmpty(value)) {
        if (isRequired(field, answers)) found[field.key] = { why: 'required' }
        continue
      }
      const fault = faultOf(field, property, value)
      if (fault) found[field.key] = fault
      if (GROUPS.includes(field.type)) partFaults(property, field.key, value as Row, found)
      if (field.type === 'rows') rowFaults(field, property, value as Row[], found)
    }
  }
  return found
}

function rowFaults(field: FieldLayout, property: PropertySchema, rows: Row[], found: Record<string, Fault>): void {
  rows.forEach((row, index) => {
    for (const column of field.fields ?? []) {
      const path = `${field.key}.${index}.${column.key}`
      const value = row[column.key]
      if (isEmpty(value)) {
        if (column.required) found[path] = { why: 'required' }
        continue
      }
      const fault = faultOf(column, property.items?.properties?.[column.key] ?? {}, value)
      if (fault) found[path] = fault
      if (GROUPS.includes(column.type)) partFaults(property.items?.properties?.[column.key] ?? {}, path, value as Row, found)
    }
  })
}

function partFaults(property: PropertySchema, path: string, value: Row, found: Record<string, Fault>): void {
  for (const part of property.required ?? []) if (isEmpty(value[part])) found[`${path}.${part}`] = { why: 'required' }
}

function faultOf(field: FieldLayout, property: PropertySchema, value: unknown): Fault | null {
  if (typeof value === 'string') {
    if (field.type === 'date' && dayFrom(value) !== value) return { why: 'date' }
    if (field.type === 'month' && monthFrom(value) !== value) return { why: 'date' }
    if (field.type === 'date' || field.type === 'month') {
      const today = isoDay(Date.now())
      const lifetimeAgo = `${Number(today.slice(0, 4)) - LIFETIME_YEARS}${today.slice(4)}`
      if (value < lifetimeAgo.slice(0, value.length)) return { why: 'long_ago' }
      if (field.not_after && value > today.slice(0, value.length)) return { why: 'not_yet' }
    }
    const length = [...value].length
    if (property.minLength !== undefined && length < property.minLength) {
      return { why: 'too_short', limit: property.minLength }
    }
    if (property.maxLength !== undefined && length > property.maxLength) {
      return { why: 'too_long', limit: property.maxLength }
    }
  }
  if (field.type === 'signature' && !(value as SignatureAnswer).agreed) return { why: 'tick' }
  if (field.type === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value)) return { why: 'whole' }
    if (value < (property.minimum ?? 0) || value > (property.maximum ?? Infinity)) return { why: 'whole' }
  }
  if (field.type === 'money') {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < (property.minimum ?? 0)) return { why: 'number' }
    if (property.maximum !== undefined && value > property.maximum) return { why: 'number' }
  }
  if (Array.isArray(value)) {
    if (property.minItems !== undefined && value.length < property.minItems) {
      return { why: 'too_few', limit: property.minItems }
    }
    if (property.maxItems !== undefined && value.length > property.maxItems) {
      return { why: 'too_many', limit: property.maxItems }
    }
  }
  return null
}

/** How many of the shown questions have an answer: `[answered, of]`. */
export function progress(schema: FormSchema, answers: Answers): [number, number] {
  const fields: FieldLayout[] = []
  for (const section of shown(schema, answers)) fields.push(...section.fields.filter((field) => isRequired(field, answers)))
  return [fields.filter((field) => !isEmpty(answers[field.key])).length, fields.length]
}

/** 元 as typed → 分, null when it is no amount. */
export function centsFrom(typed: string): number | null {
  const plain = typed.replace(/[,\s，元¥￥]/g, '')
  if (!/^\d{1,8}(\.\d{0,2})?$/.test(plain)) return null
  const [yuan = '0', cents = ''] = plain.split('.')
  return Number(yuan) * 100 + Number((cents + '00').slice(0, 2))
}

/** 分 → `4,500` or `4,500.50`. */
export function yuanWords(cents: number): string {
  const yuan = Math.floor(Math.abs(cents) / 100)
  const rest = Math.abs(cents) % 100
  const whole = String(yuan).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${cents < 0 ? '-' : ''}${whole}${rest ? `.${String(rest).padStart(2, '0')}` : ''}`
}

/** `20260319`, `2026.3.19`, `2026年3月19日` → `2026-03-19`; null when it is no day. */
export function dayFrom(typed: string): string | null {
  const parts = /^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$/.exec(typed.trim().replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'))
  if (!parts) return null
  const [, year, month, day] = parts.map(Number) as [number, number, number, number]
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** `202603`, `2026年3月` → `2026-03`; null when it is no month. */
export function monthFrom(typed: string): string | null {
  const parts = /^(\d{4})\D?(\d{1,2})\D?$/.exec(typed.trim().replace(/^(\d{4})(\d{2})$/, '$1-$2'))
  if (!parts) return null
  const month = Number(parts[2])
  return month >= 1 && month <= 12 ? `${parts[1]}-${String(month).padStart(2, '0')}` : null
}

/** Answers that are new or other than before. */
export function changed(before: Answers, now: Answers): Answers {
  const news: Answers = {}
  for (const [key, value] of Object.entries(now)) {
    if (JSON.stringify(value) !== JSON.stringify(before[key])) news[key] = value
  }
  return news
}
