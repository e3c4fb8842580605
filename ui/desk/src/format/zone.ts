/** Times in the bank's zone, which stands in the page; Shanghai where no page is. */

const page = typeof document === 'undefined' ? undefined : document.documentElement.dataset
export const ZONE = page?.zone ?? 'Asia/Shanghai'

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

/** How far the bank's clock is ahead of UTC at a moment; summer time counts. */
export function aheadMs(at: number): number {
  const of = new Map(parts.formatToParts(at).map((one) => [one.type, Number(one.value)]))
  const get = (part: Intl.DateTimeFormatPartTypes) => of.get(part) ?? 0
  const there = Date.UTC(
    get('year'),
    get('month') - 1,
    get('day'),
    get('hour'),
    get('minute'),
    get('second'),
  )
  return there - Math.floor(at / 1000) * 1000
}

/** `2026-11-26T20:53`, as a field for date and time wants it. */
export function toLocalInput(iso: string): string {
  const at = Date.parse(iso)
  return new Date(at + aheadMs(at)).toISOString().slice(0, 16)
}

/** The moment that was typed, in UTC; null where it is not whole. */
export function fromLocalInput(typed: string): string | null {
  const there = Date.parse(`${typed.slice(0, 16)}:00Z`)
  if (Number.isNaN(there)) return null
  const about = there - aheadMs(there)
  return new Date(there - aheadMs(about)).toISOString()
}

/** The last whole day of what is due at the end of a day: `2026-11-30` for its midnight. */
export function lastDayOf(due: string): string {
  return toLocalInput(new Date(Date.parse(due) - 1).toISOString()).slice(0, 10)
}
