import { defineStore } from 'pinia'
import { ref } from 'vue'

/** A station whose code was scanned, and the code of its street. */
export interface Scanned {
  name: string
  street: string
}

/** Where somebody stands who scanned a station's code. Known for this visit only: where a person was is not kept on a phone. */
export const useScanned = defineStore('scanned', () => {
  const station = ref<Scanned | null>(null)

  function scan(one: { name: string; street: string | null }): void {
    station.value = one.street === null ? null : { name: one.name, street: one.street }
  }

  function clear(): void {
    station.value = null
  }

  return { station, scan, clear }
})
