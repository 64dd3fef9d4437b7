import type { Translation } from './say'

export const en: Translation = {}
