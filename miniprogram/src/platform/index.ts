export { platform } from '#platform'
export type * from './types'
