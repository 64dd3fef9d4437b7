/**
 * Details by which somebody could guess whose words these are: exact times and shifts, numbers of orders and of other cases, plates,
 * the one shop or station. They are looked for on the phone while one types; a hit is a hint and never blocks. The desk has the same list
 * (server/cases/identifying.py), which a test compares.
 */
import type { InjectionKey, Ref } from 'vue'

/** Whether the page is about something sent without one's name: its boxes of text then point to such details. */
export const UNNAMED: InjectionKey<Ref<boolean>> = Symbol('unnamed')

/** Whether it goes in the own name of whoever has the phone: then their other cases are offered, which lead to them. */
export const OWN_NAME: InjectionKey<Ref<boolean>> = Symbol('own name')

const DETAILS = [
  /(?:\d{4}年)?\d{1,2}月\d{1,2}[日号號]/,
  /\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/,
  /\d{1,2}[:：]\d{2}(?: ?[ap]m)?/,
  /(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜裡|半夜|昨晚|今晚|当晚|當晚|早|晚)\d{1,2}[点點](?:半|整|[钟鐘]|多|\d{1,2}分?)?/,
  /\d{1,2}[点點](?:半|整|[钟鐘]|多|\d{1,2}分)/,
  /(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜裡|半夜|昨晚|今晚|当晚|當晚)[一二两兩三四五六七八九十]{1,3}[点點]半?/,
  /[一二两兩三四五六七八九十]{1,3}[点點](?:半|[钟鐘]|整)/,
  /\d{1,2} ?[ap]m/,
  /(?:早|中|大夜|晚|夜|白|第[一二三四五\d])班(?![车車长長])/,
  /(?:early|morning|late|night) shift/,
  /(?:订单|訂單|运单|運單|工单|工單|单号|單號)[号號码碼]{0,2}[ :：是为為#]{0,3}[a-z]{0,4}\d{4,}/,
  /order(?: no\.?| number)?[ :#]{0,3}\d{4,}/,
  /[a-z]{2}\d{6}-\d{4,}(?:-[a-z])?/,
  /\d{10,}/,
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][ ·]?[a-z0-9]{5,6}/,
  /[一-龥]{1,4}(?![的个個们們在到从從去是和跟本该該各每回司某])[一-龥](?:配送站|站[点點]|[网網][点點]|[门門]店|分店|站站[长長])/,
]

export function detailsIn(text: string): string[] {
  const all = new RegExp(DETAILS.map((one) => one.source).join('|'), 'gi')
  return [...new Set(text.match(all) ?? [])]
}
