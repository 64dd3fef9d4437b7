export type Locale = 'zh-Hans' | 'zh-Hant-HK' | 'en'

/** The nearest of our languages to what the phone says, e.g. `zh-TW`, `en_GB`, `zh_CN`. */
export function localeFor(language: string): Locale {
  const name = language.replace(/_/g, '-').toLowerCase()
  if (name.startsWith('en')) return 'en'
  if (/^zh-(hant|hk|mo|tw)/.test(name)) return 'zh-Hant-HK'
  return 'zh-Hans'
}
