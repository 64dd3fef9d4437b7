import { useSettings } from '@/stores/settings'
import { say, type Key, type Values } from './say'

/** The words of the page, in the language of the page. `t` follows the language while it is shown. */
export function useTexts() {
  const settings = useSettings()
  /** What the service says in simplified Chinese, in the page's language where we have it. */
  const translated = (group: string, key: string | null | undefined, theirs: string): string =>
    (settings.locale !== 'zh-Hans' && key && say(settings.locale, `${group}.${key}` as Key, undefined, true)) || theirs
  return {
    translated,
    t: (key: Key, values?: Values) => say(settings.locale, key, values),
    /** For keys put together at run time, e.g. a state's name; falls back to `otherwise`. */
    named: (group: string, key: string | null | undefined, otherwise = '') =>
      (key && say(settings.locale, `${group}.${key}` as Key, undefined, true)) || otherwise,
  }
}
