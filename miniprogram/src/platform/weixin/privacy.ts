import { ref } from 'vue'

type Resolve = (answer: { event: 'agree' | 'disagree' | 'exposureAuthorization'; buttonId?: string }) => void

let waiting: Resolve | null = null

/** Whether the privacy sheet has to be shown now: WeChat asks before the first interface that touches personal data. */
export const privacyAsked = ref(false)

export function askPrivacy(): void {
  wx.onNeedPrivacyAuthorization((resolve) => {
    waiting = resolve as unknown as Resolve
    privacyAsked.value = true
  })
}

export function answerPrivacy(agreed: boolean): void {
  waiting?.(agreed ? { event: 'agree', buttonId: 'agree-privacy' } : { event: 'disagree' })
  waiting = null
  privacyAsked.value = false
}

export function openPrivacyContract(): void {
  wx.openPrivacyContract({})
}
