/** What to do with a numbered event: pure, so that every order of arrival can be tested. */

/** The last event that was taken in; `null` before the first greeting. */
export interface Place {
  epoch: string
  n: number
}

export interface LiveMessage {
  epoch: string
  n: number
  kind: string
  id?: string | null
  data?: unknown
}

/** `apply`: act on it. `skip`: seen before. `reread`: something was missed, read everything. */
export type Verdict = 'apply' | 'skip' | 'reread'

export interface Step {
  place: Place | null
  verdict: Verdict
}

export function step(place: Place | null, message: LiveMessage): Step {
  const here = { epoch: message.epoch, n: message.n }
  if (message.kind === 'ping') return { place, verdict: 'skip' }
  if (message.kind === 'resync') return { place: here, verdict: 'reread' }
  if (place === null || place.epoch !== message.epoch) return { place: here, verdict: 'reread' }
  if (message.kind === 'hello') {
    // The server is at `n`; what lies between comes next, unless it knows less than we do.
    return message.n < place.n ? { place: here, verdict: 'reread' } : { place, verdict: 'skip' }
  }
  if (message.n <= place.n) return { place, verdict: 'skip' }
  return { place: here, verdict: message.n === place.n + 1 ? 'apply' : 'reread' }
}

/** The address to ask from: everything after the last event that was taken in. */
export function after(place: Place | null): string {
  return place === null ? '' : `?after=${encodeURIComponent(`${place.epoch}:${place.n}`)}`
}
