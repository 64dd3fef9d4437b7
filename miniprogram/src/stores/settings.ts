import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { platform } from '@/platform'
import { keep, kept } from '@/platform/keep'
import { localeFor, type Locale } from '@/texts/locale'

/** How the person wants the pages: language and large type. */
export const useSettings = defineStore('settings', () => {
  const locale = ref<Locale>(kept<Locale>('locale') ?? localeFor(uni.getLocale?.() ?? 'zh-Hans'))
  const elder = ref(kept<boolean>('elder') ?? false)
  const scale = ref(1)

  const shellClass = computed(() => ({ 'wb--elder': elder.value, 'wb--hk': locale.value === 'zh-Hant-HK' }))

  function start(): void {
    scale.value = platform.fontScale()
    platform.setLanguage(locale.value)
  }

  watch(locale, (now) => {
    keep('locale', now)
    platform.setLanguage(now)
  })
  watch(elder, (now) => keep('elder', now))

  return { locale, elder, scale, shellClass, start }
})
