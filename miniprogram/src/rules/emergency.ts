/**
 * Words that may mean somebody is in danger. They are matched on the phone while one types, before anything is sent; a hit shows
 * phone numbers and never blocks. Better one banner too many than one too few, so plain words are enough.
 */

export type Danger = 'injury' | 'fire' | 'assault' | 'self_harm' | 'child'

const WORDS: Record<Danger, readonly string[]> = {
  injury: [
    '受伤', '中毒', '坠落', '摔下', '断指', '昏倒', '车祸', '出血', '流血', '昏迷', '晕倒', '骨折', '中暑', '触电', '没呼吸', '喘不上气', '受伤严重', '重伤', '快不行了', '救命', '120',
    '車禍', '暈倒', '觸電', 'bleeding', 'unconscious', 'heart attack', 'electric shock', 'can\'t breathe', 'crash',
  ],
  fire: ['失火', '大火', '着火', '起火', '火灾', '爆炸', '煤气泄漏', '冒烟', '燃气泄漏', '119', '著火', '火災', 'on fire', 'explosion', 'gas leak'],
  assault: [
    '打我', '砍我', '杀人', '杀了', '拘禁', '打人', '被打', '殴打', '持刀', '砍人', '捅', '绑架', '扣押', '非法拘禁', '强奸', '性侵', '猥亵', '抢劫', '威胁要杀', '要杀我',
    '毆打', '綁架', '強姦', '性侵犯', '搶劫', 'stab', 'kidnap', 'rape', 'assault', 'robbed', 'kill me',
  ],
  self_harm: [
    '喝农药', '自杀', '不想活', '活不下去', '轻生', '跳楼', '割腕', '想死', '结束生命', '自残', '自殺', '輕生', '跳樓',
    'suicide', 'kill myself', 'end my life', 'want to die', 'self harm',
  ],
  child: ['童工', '虐待', '拐卖', '拐走', '孩子丢了', '孩子走失', '打孩子', '拐賣', 'child labour', 'missing child', 'child abuse'],
}

export function dangersIn(text: string): Danger[] {
  const plain = text.toLowerCase().replace(/[\s，。！、,.!]/g, '')
  const spaced = text.toLowerCase()
  return (Object.keys(WORDS) as Danger[]).filter((danger) =>
    WORDS[danger].some((word) => (/^[a-z ']+$/.test(word) ? spaced.includes(word) : plain.includes(word))),
  )
}

/** Numbers to show, the most fitting first. All are free and answer around the clock. */
export function numbersFor(dangers: readonly Danger[]): string[] {
  const first: string[] = []
  if (dangers.includes('self_harm')) first.push('12356')
  if (dangers.includes('injury')) first.push('120')
  if (dangers.includes('fire')) first.push('119')
  return [...new Set([...first, '110', '120', '119', '12356'])]
}
