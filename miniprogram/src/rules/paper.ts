/** Checks of identity papers that the phone can make before anything is sent. The service checks again. */

export const PAPERS = ['resident_id', 'residence_permit', 'hk_mo_pass', 'tw_pass', 'foreigner_id', 'passport'] as const
export type Paper = (typeof PAPERS)[number]

/** Papers that the union's lists and the identity service know; the others are looked at by a person. */
export const MATCHED_AT_ONCE: readonly Paper[] = ['resident_id', 'residence_permit']

export type PaperFault = 'empty' | 'length' | 'check_digit' | 'form'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** What people paste: spaces, full-width digits, a small x. */
export function tidied(number: string): string {
  return number
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[\s-]/g, '')
    .toUpperCase()
}

export function paperFault(paper: Paper, number: string): PaperFault | null {
  const value = tidied(number)
  if (!value) return 'empty'
  if (paper === 'resident_id' || paper === 'residence_permit') {
    if (value.length !== 18) return 'length'
    if (!/^\d{17}[\dX]$/.test(value)) return 'form'
    return checkDigit(value) === value[17] ? null : 'check_digit'
  }
  if (paper === 'hk_mo_pass') return /^[HM]\d{8}(\d{2})?$/.test(value) ? null : 'form'
  if (paper === 'tw_pass') return /^\d{8}$/.test(value) ? null : 'form'
  if (paper === 'foreigner_id') return /^([A-Z]{3}\d{12}|9\d{16}[\dX])$/.test(value) ? null : 'form'
  return /^[A-Z0-9]{5,17}$/.test(value) ? null : 'form'
}

/** GB 11643: weighted sum modulo 11. */
export function checkDigit(number: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0)
  return '10X98765432'[sum % 11] as string
}

/** 1–50 characters; the dot of Uyghur and foreign names is U+00B7, whatever the keyboard gave. */
export function tidyName(name: string): string {
  return name.trim().replace(/[•・‧∙.．]/g, '·').replace(/\s+/g, ' ')
}

/** Mainland mobile, or Hong Kong and Macao with their code. Returns the form that the service takes, null if it is none. */
export function phoneFor(region: '86' | '852' | '853', typed: string): string | null {
  const digits = tidied(typed).replace(/\D/g, '')
  if (region === '86') return /^1\d{10}$/.test(digits) ? digits : null
  return /^[4-9]\d{7}$/.test(digits) ? `+${region}${digits}` : null
}
