import { ref } from 'vue'

type Resolve = (answer: { event: 'agree' | 'disagree'; buttonId?: string }) => void

/** Of the button that WeChat itself watches: an agreement counts only when this one was tapped. */
export const AGREE_BUTTON = 'agree-privacy'

/** Every interface that waits for the answer, not only the last. */
let waiting: Resolve[] = []

/** Whether the privacy sheet has to be shown now: WeChat asks before the first interface that touches personal data. */
export const privacyAsked = ref(false)

export function askPrivacy(): void {
  wx.onNeedPrivacyAuthorization((resolve) => {
    waiting.push(resolve as unknown as Resolve)
    privacyAsked.value = true
  })
}

export function answerPrivacy(agreed: boolean): void {
  for (const resolve of waiting) resolve(agreed ? { event: 'agree', buttonId: AGREE_BUTTON } : { event: 'disagree' })
  waiting = []
  privacyAsked.value = false
}

export function openPrivacyContract(): void {
  wx.openPrivacyContract({})
}
