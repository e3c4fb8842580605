/** Times that are typed: in the bank's zone, which has had no summer time since 1991. */

const OFFSET_MS = 8 * 3_600_000

/** `2026-11-26T20:53`, as a field for date and time wants it. */
export function toLocalInput(iso: string): string {
  return new Date(Date.parse(iso) + OFFSET_MS).toISOString().slice(0, 16)
}

/** The moment that was typed, in UTC; null where it is not whole. */
export function fromLocalInput(typed: string): string | null {
  const at = Date.parse(`${typed.slice(0, 16)}:00+08:00`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** The last whole day of what is due at the end of a day: `2026-11-30` for its midnight. */
export function lastDayOf(due: string): string {
  return toLocalInput(new Date(Date.parse(due) - 1).toISOString()).slice(0, 10)
}
