/** What may be done with a campaign in which state, and how a state looks. Pure. */
import type { Tone } from '@/app/Badge'

export type Change = 'start' | 'pause' | 'stop'

const CHANGES: Record<string, readonly Change[]> = {
  draft: ['start', 'stop'],
  running: ['pause', 'stop'],
  paused: ['start', 'stop'],
}

export function changesOf(state: string): readonly Change[] {
  return CHANGES[state] ?? []
}

/** Whether people may still be added to it. */
export function takesPeople(state: string): boolean {
  return state in CHANGES
}

const TONES: Record<string, Tone> = { running: 'good', paused: 'warn', draft: 'accent' }

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'quiet'
}

/** The columns that a list lacks: those of the kind, and `holder_id` or `phone`. */
export function missingColumns(csv: string, columns: readonly string[]): string[] {
  const first = csv.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? ''
  const named = first.split(',').map((one) => one.trim().replace(/^"|"$/g, ''))
  const who = named.includes('holder_id') || named.includes('phone') ? [] : ['who']
  return [...who, ...columns.filter((one) => !named.includes(one))]
}

/** How many people a list names: lines that say something, without the first. */
export function rowsOf(csv: string): number {
  return Math.max(0, csv.split(/\r?\n/).filter((line) => line.trim() !== '').length - 1)
}

const YES = ['1', 'yes', 'true']
const NO = ['0', 'no', 'false']

/**
 * Who did it, by holder: lines of `holder_id,reached` below a line that names the columns.
 * `bad`: the lines that cannot be read, counted as an editor counts them.
 */
export function resultsOf(csv: string): { results: Record<string, boolean>; bad: number[] } {
  const results: Record<string, boolean> = {}
  const bad: number[] = []
  csv
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const [holder = '', reached = '', ...more] = line
        .split(',')
        .map((one) => one.trim().replace(/^"|"$/g, ''))
      if (line.trim() === '' || (index === 0 && holder === 'holder_id')) return
      const did = YES.includes(reached.toLowerCase())
      if (!holder || more.length > 0 || (!did && !NO.includes(reached.toLowerCase())))
        bad.push(index + 1)
      else results[holder] = did
    })
  return { results, bad }
}

/** A share that was typed in percent, `3` or `2.5`; null where it is none. */
export function shareOf(typed: string): number | null {
  const plain = typed.trim().replace('%', '')
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(plain)) return null
  const value = Number(plain) / 100
  return value <= 1 ? value : null
}
