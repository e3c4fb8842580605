/**
 * What somebody is typing, kept in this tab until it is sent: a reload or a lost link loses no word.
 * Never for secrets: passwords and codes are plain state of their forms.
 */
import { useCallback, useState } from 'react'

const PREFIX = 'draft:'

function nameOf(about: string, field: string): string {
  return `${PREFIX}${about}:${field}`
}

/** As `useState`, but kept. `about` is the interaction (or task, chat …) that it belongs to. */
export function useDraft<T>(about: string, field: string, empty: T): [T, (value: T) => void] {
  const name = nameOf(about, field)
  const [held, setHeld] = useState<{ name: string; value: T }>(() => ({
    name,
    value: read(name, empty),
  }))
  // Another interaction on the same screen: its own words.
  const value = held.name === name ? held.value : read(name, empty)
  const write = useCallback(
    (next: T) => {
      sessionStorage.setItem(name, JSON.stringify(next))
      setHeld({ name, value: next })
    },
    [name],
  )
  return [value, write]
}

/** Forget what was typed about something, or one field of it: it has been sent. */
export function discard(about: string, field = ''): void {
  for (const name of Object.keys(sessionStorage))
    if (name.startsWith(nameOf(about, field))) sessionStorage.removeItem(name)
}

/** Forget everything: somebody has logged out. */
export function discardAll(): void {
  for (const name of Object.keys(sessionStorage))
    if (name.startsWith(PREFIX)) sessionStorage.removeItem(name)
}

function read<T>(name: string, empty: T): T {
  const kept = sessionStorage.getItem(name)
  if (kept === null) return empty
  try {
    return JSON.parse(kept) as T
  } catch {
    return empty
  }
}
