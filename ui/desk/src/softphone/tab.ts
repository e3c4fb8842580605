/** The name of this tab: kept over a reload, and its own where a tab was duplicated. */

const KEPT = 'tab'

let named: Promise<string> | null = null

export function tabName(): Promise<string> {
  named ??= claim(sessionStorage.getItem(KEPT) ?? crypto.randomUUID())
  return named
}

/** A duplicated tab has our name as well; whoever holds its lock keeps it. */
async function claim(name: string): Promise<string> {
  const mine = await new Promise<boolean>((resolve) => {
    void navigator.locks.request(`tab ${name}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock === null ? undefined : new Promise(() => undefined)
    })
  })
  if (!mine) return claim(crypto.randomUUID())
  sessionStorage.setItem(KEPT, name)
  return name
}
