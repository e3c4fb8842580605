/** Which reasons are told to a warned holder, and which cards can cool off. */
import type { Judgement, Persuasion } from '@/api/trust'
import type { ShownCard } from '@/api/workplace'

const MOST = 12

/** What was found and has words that help a holder; the rest is only worth knowing. */
export function worthTelling(judgement: Judgement, script: Persuasion): string[] {
  const tellable = new Set(script.reasons.map((one) => one.code))
  return judgement.reasons
    .map((one) => one.code)
    .filter((code) => tellable.has(code))
    .slice(0, MOST)
}

export function toggled(codes: readonly string[], code: string): string[] {
  return codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code]
}

export function holdable(card: ShownCard): boolean {
  return card.state === 'active' || card.state === 'held'
}
