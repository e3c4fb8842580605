/** Sums that are typed. Pure. */

/** `128` or `128.50` yuan to fen; null where it is no sum. */
export function fenWithCents(typed: string): number | null {
  const plain = typed.replace(/[,，\s]/g, '')
  const found = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain)
  if (!found) return null
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
}
