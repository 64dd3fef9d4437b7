import type { NewCase, ServiceDetail } from '@/api/types'

/** What a service asks somebody to agree to, in its version; an `optional` one may stay unticked. */
type Asked = Pick<ServiceDetail['consents'][number], 'key' | 'version' | 'optional'>
type Given = Readonly<Record<string, string>>

/** What has been ticked as it reads now, to be sent. */
export function ticked(asked: readonly Asked[], given: Given): NewCase['consents'] {
  return asked.filter((one) => given[one.key] === one.version).map(({ key, version }) => ({ key, version }))
}

/** Without what nothing can be sent. */
export function unticked<One extends Asked>(asked: readonly One[], given: Given): One[] {
  return asked.filter((one) => !one.optional && given[one.key] !== one.version)
}
