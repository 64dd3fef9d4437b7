import type { FieldLayout, FormSchema, SectionLayout } from '@/rules/form'
import type { Locale } from './locale'
import { CASE_WORDS } from './case-words'
import { SERVICE_WORDS } from './service-words'

/** How long something takes: `3 个工作日内`, `提前 3 个工作日`, `4 小时（7 点到 22 点之间）内`. */
const SPAN = /^(提前 )?(\d+) (个工作日|个工作小时|小时|天|年)(（7 点到 22 点之间）)?(内?)$/
const UNITS: Record<string, readonly [hk: string, en: string]> = {
  '个工作日': ['個工作日', 'working day'],
  '个工作小时': ['個工作小時', 'working hour'],
  '小时': ['小時', 'hour'],
  '天': ['天', 'day'],
  '年': ['年', 'year'],
}

function span(words: string, locale: Locale): string | undefined {
  const [, ahead = '', count = '', unit = '', awake = '', within = ''] = SPAN.exec(words) ?? []
  const named = UNITS[unit]
  if (!named) return undefined
  if (locale !== 'en') return `${ahead}${count} ${named[0]}${awake && '（7 點到 22 點之間）'}${within && '內'}`
  return `${count} ${named[1]}${count === '1' ? '' : 's'}${awake && ' (between 7:00 and 22:00)'}${ahead && ' ahead'}`
}

/** What the service says in simplified Chinese, in the page's language where we have it. */
export function serviceWord(words: string, locale: Locale): string {
  if (locale === 'zh-Hans') return words
  return (SERVICE_WORDS[words] ?? CASE_WORDS[words])?.[locale === 'en' ? 1 : 0] ?? span(words, locale) ?? words
}

/** A form with its labels, helps and choices in the page's language; keys and rules stay as they are. */
export function inLanguage(form: FormSchema, locale: Locale): FormSchema {
  if (locale === 'zh-Hans') return form
  const word = <T extends string | undefined>(words: T): T => (words === undefined ? words : serviceWord(words, locale)) as T
  const field = (one: FieldLayout): FieldLayout => ({
    ...one,
    label: word(one.label),
    help: word(one.help),
    placeholder: word(one.placeholder),
    many: one.many && { ...one.many, say: word(one.many.say) },
    choices: one.choices?.map((choice) => ({ ...choice, label: word(choice.label), help: word(choice.help) })),
    fields: one.fields?.map(field),
  })
  const section = (one: SectionLayout): SectionLayout => ({
    ...one,
    title: word(one.title),
    help: word(one.help),
    fields: one.fields.map(field),
  })
  return { ...form, 'x-layout': { sections: form['x-layout'].sections.map(section) } }
}
