/** What to do with a numbered message: pure, so that every order of arrival can be tested. */

/** The last message that was taken in, by the run of the server's node and its number there. */
export interface Place {
  epoch: string
  n: number
}

/** Most events are for others, so numbers skip: `prev` is the number told to us before. */
export interface LiveMessage {
  epoch: string
  prev: number
  n: number
  kind: string
  id: string
  data: unknown
}

/**
 * `apply`: act on it. `skip`: nothing to do. `reread`: read everything again. `again`: something
 * is missing before this message; connect again from our place, and it will be told.
 */
export type Verdict = 'apply' | 'skip' | 'reread' | 'again'

export interface Step {
  place: Place | null
  verdict: Verdict
}

export function step(place: Place | null, message: LiveMessage): Step {
  const here = { epoch: message.epoch, n: message.n }
  if (message.kind === 'resync') return { place: here, verdict: 'reread' }
  // A node that no longer knows our place says so by a `resync`, which comes next.
  if (message.kind === 'hello') return { place: here, verdict: place === null ? 'reread' : 'skip' }
  if (place?.epoch !== message.epoch) return { place, verdict: 'again' }
  if (message.prev > place.n) return { place, verdict: 'again' }
  if (message.kind === 'ping') return { place: here, verdict: 'skip' }
  return message.n > place.n ? { place: here, verdict: 'apply' } : { place, verdict: 'skip' }
}

/** The address to ask from: everything after the last message that was taken in. */
export function after(place: Place | null): string {
  return place === null ? '' : `?after=${encodeURIComponent(`${place.epoch}:${place.n}`)}`
}
