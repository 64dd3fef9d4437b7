import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { about as askAbout } from '@/api/account'
import type { About } from '@/api/types'
import { keep, kept } from '@/platform/keep'
import { useSettings } from './settings'
import { say } from '@/texts/say'

/** The national hotline of the unions: answered before this installation has said its own number. */
export const NATIONAL_HOTLINE = '12351'

/** Who runs this installation. Kept, so that name and phone are there without a network too. */
export const useAbout = defineStore('about', () => {
  const known = ref<About | null>(kept<About>('about') ?? null)
  const settings = useSettings()
  let asked: Promise<void> | null = null

  const phone = computed(() => known.value?.union_phone || NATIONAL_HOTLINE)
  const union = computed(() => known.value?.union_name || say(settings.locale, 'app.union'))

  /** Asks once a start; failing leaves what was known before. */
  function load(): Promise<void> {
    asked ??= askAbout().then(
      (answer) => {
        known.value = answer
        keep('about', answer)
      },
      () => {
        asked = null
      },
    )
    return asked
  }

  return { known, phone, union, load }
})
