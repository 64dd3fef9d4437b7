import { ApiError } from '@/api/problem'
import type { Locale } from './locale'
import { serviceWord } from './service'

/** What the service says of a field, by its code; it says it in simplified Chinese itself. `{limit}` is the number that it names. */
const FAULTS: Record<string, readonly [hk: string, en: string]> = {
  required: ['這一項必填', 'Please fill this in'],
  text: ['這裏要填文字', 'Text, please'],
  number: ['這裏要填數字', 'A number, please'],
  yes_no: ['這裏只能選是或不是', 'Choose yes or no'],
  list: ['這裏要填一個列表', 'A list, please'],
  format: ['這裏的格式不對', 'This is not in the right form'],
  unknown: ['表裏沒有這一項', 'The form has no such field'],
  tick: ['請先打勾', 'Please tick this first'],
  choice: ['請從列出的選項裏選一個', 'Please choose one of these'],
  twice: ['和上面一行一樣，要寫不同的', 'The same as in a row above; write another'],
  doubled: ['同一個選項只選一次', 'Choose each only once'],
  date: ['日期要像 2026-03-01 這樣寫', 'A date looks like 2026-03-01'],
  not_yet: ['這個時間還沒有到，請看看有沒有寫錯', 'This is still to come; check what you wrote'],
  long_ago: ['這個時間太早了，請看看年份有沒有寫錯', 'This is too long ago; check the year'],
  moment: ['時間要像 2026-03-01T09:30:00+08:00 這樣寫', 'A time looks like 2026-03-01T09:30:00+08:00'],
  month: ['月份要像 2026-03 這樣寫', 'A month looks like 2026-03'],
  time: ['時間要像 09:30 這樣寫', 'A time looks like 09:30'],
  period: ['結束那天不能比開始那天早', 'It cannot end before it begins'],
  uscc: ['統一社會信用代碼是 18 位數字和大寫字母，營業執照上有', '18 digits and capital letters, on the business licence'],
  uscc_check: ['統一社會信用代碼有一位不對，請照營業執照再核對一遍', 'One character of the code is wrong; check it against the licence'],
  area: ['請從列表裏選街道或社區', 'Choose a street or community from the list'],
  publication: ['沒有這一條公示，請從列表裏重新選；不在列表裏，就寫上公示裏的姓和街道', 'There is no such publication: choose from the list again, or give the family name and the sub-district as published'],
  no_such_case: ['你沒有這樣一件實名辦的事，請核對編號，或者不寫編號', 'You have no such case under your name: check the number, or leave it out'],
  published_street: ['和選的那一條公示的街道不一樣，請選公示寫的街道', 'Not the sub-district of the publication that you chose: choose the one named there'],
  phone: ['請填 11 位手機號；香港、澳門的號碼前面加 +852 或 +853', 'A mobile number of 11 digits; +852 or +853 before one of Hong Kong or Macao'],
  bank_card: ['銀行卡號是 12 到 19 位數字，中間不空格', 'A bank card has 12 to 19 digits, without spaces'],
  bank_card_check: ['銀行卡號不對，請對着卡再看一遍', 'This card number is not right; check it against the card'],
  too_short: ['請至少寫 {limit} 個字', 'At least {limit} characters'],
  too_long: ['不能超過 {limit} 個字', 'At most {limit} characters'],
  length: ['要寫，最多 {limit} 個字', 'Please write something, {limit} characters at most'],
  too_small: ['不能小於 {limit}', 'At least {limit}'],
  too_large: ['數字太大了，最多 {limit}', 'Too large, {limit} at most'],
  too_few: ['請至少填 {limit} 項', 'At least {limit}'],
  too_many_files: ['這一欄最多 {limit} 個檔案', 'At most {limit} files here'],
  file_required: ['請附上檔案', 'Please attach a file'],
  too_many: ['最多填 {limit} 項', 'At most {limit}'],
  text_or_voice: ['寫一句話，或者錄一段話，至少要有一樣', 'Write a sentence or record your voice'],
  name: ['姓名裏有不該有的字元，請照證件上的填', 'Write the name as on the paper, with no other signs'],
  pin: ['解鎖碼是 6 位數字', 'A PIN has 6 digits'],
  pin_easy: ['這個解鎖碼太好猜，換一個別人想不到的', 'Too easy to guess; choose another PIN'],
  paper_is_permit: ['這是港澳台居民居住證的號碼，請把證件類型改成港澳台居民居住證', 'This is the number of a residence permit; change the kind of paper'],
  paper_old: ['這是 15 位的舊號碼，請填身份證上 18 位的新號碼', 'This is an old number of 15 digits; write the 18 on the card'],
  paper_permit: ['港澳台居民居住證的號碼是 18 位，香港 810000、澳門 820000、台灣 830000 開頭', '18 characters, beginning with 810000, 820000 or 830000'],
  paper_foreigner: ['外國人永久居留身份證的號碼是 18 位、9 開頭；2023 年以前的舊證是 3 個字母加 12 位數字', '18 characters beginning with 9; older cards: 3 letters and 12 digits'],
  paper_hk_mo: ['通行證號碼是 H 或 M 開頭，後面 8 位數字；舊證多兩位，也可以照填', 'H or M and 8 digits; older passes have two more'],
  paper_tw: ['台胞證號碼是 8 位數字，不用填括號裏的換證次數', '8 digits, without what is in brackets'],
  paper_passport: ['護照號碼是 5 到 17 位字母和數字', '5 to 17 letters and digits'],
  paper_eighteen: ['證件號碼是 18 位，最後一位可能是 X，請照證件上的填', '18 characters, the last may be X'],
  paper_area: ['號碼開頭的幾位不對，請核對證件類型和號碼', 'The first digits are not right; check kind and number'],
  paper_born: ['號碼裏的出生日期不對，請照證件上的填', 'The date of birth in the number is not right'],
  paper_check: ['號碼有一位填錯了，請照證件上的再核對一遍', 'One digit is wrong; check it against the paper'],
}

/** What is wrong with which field, in the page's language: dotted path → the first thing to say. Empty for any other failure. */
export function fieldFaults(failure: unknown, locale: Locale): Record<string, string> {
  const problem = failure instanceof ApiError ? failure.problem : null
  const said: Record<string, string> = {}
  for (const [path, lines] of Object.entries(problem?.errors ?? {})) {
    const reason = problem?.reasons?.[path]
    const words = reason && locale !== 'zh-Hans' ? FAULTS[reason.code]?.[locale === 'en' ? 1 : 0] : undefined
    said[path] = words?.replace('{limit}', String(reason?.limit ?? '')) ?? serviceWord(lines[0] ?? '', locale)
  }
  return said
}
