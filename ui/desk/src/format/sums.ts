/** Sums that are typed, and said. Pure. */
import type { Amount } from './format'

type Word = (prefix: string, code: string, none?: string) => string

/** What a sum is counted in, as it stands beside a field: `元`, `pounds`; its code where it has no name. */
export function unitOf(currency: string, word: Word): string {
  return word('currency', currency, currency)
}

/** As it is said to somebody: `300.00元`, `300.00 yuan`. */
export function sumOf(amount: Amount, word: Word): string {
  return `${amount.yuan}${word('currency.said', amount.currency, ` ${amount.currency}`)}`
}

/** `128` or `128.50` yuan to fen; null where it is no sum. */
export function fenWithCents(typed: string): number | null {
  const plain = typed.replace(/[,，\s]/g, '')
  const found = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain)
  if (!found) return null
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
}

/** A part of a sum as it is typed: nothing is the whole. */
export interface Part {
  fen: number | null
  fault: '' | 'nosum' | 'toomuch'
}

/** `most` in fen, null where nothing bounds it. */
export function partOf(typed: string, most: number | null): Part {
  if (typed.trim() === '') return { fen: null, fault: '' }
  const fen = fenWithCents(typed)
  if (fen === null || fen === 0) return { fen: null, fault: 'nosum' }
  return most !== null && fen > most ? { fen: null, fault: 'toomuch' } : { fen, fault: '' }
}
