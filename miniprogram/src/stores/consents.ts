import { defineStore } from 'pinia'
import { ref } from 'vue'
import { consentTexts } from '@/api/account'
import type { ConsentText } from '@/api/types'

/** The texts of the consents, fetched once. */
export const useConsents = defineStore('consents', () => {
  const texts = ref<ConsentText[]>([])

  async function load(): Promise<ConsentText[]> {
    if (!texts.value.length) texts.value = (await consentTexts()).items
    return texts.value
  }

  return { texts, load }
})
