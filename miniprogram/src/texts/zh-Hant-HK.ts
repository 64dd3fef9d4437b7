import type { Translation } from './say'

export const zhHantHK: Translation = {}
