/** Six digits, and not the first guess of whoever finds a phone: all the same, or a run up or down. The service says the same. */
export function pinFault(typed: string): 'form' | 'easy' | null {
  if (!/^\d{6}$/.test(typed)) return 'form'
  const steps = new Set([...typed].slice(1).map((digit, at) => Number(digit) - Number(typed[at])))
  const [step] = steps
  return steps.size === 1 && step !== undefined && Math.abs(step) <= 1 ? 'easy' : null
}
