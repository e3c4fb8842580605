/** The server's time, whatever the clock of this machine says. */

const SAMPLES = 30

/**
 * Each message told the server's time `server` and arrived at `local` (both ms). It was under way
 * for a while, so the sample that is furthest ahead is the one that was delayed least.
 */
export function offsetOf(samples: readonly Sample[]): number {
  return samples.length === 0 ? 0 : Math.max(...samples.map((one) => one.server - one.local))
}

export interface Sample {
  server: number
  local: number
}

export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  // Somebody has set the clock: what was learned before does not hold any more.
  const jumped =
    samples.length > 0 && Math.abs(sample.server - sample.local - offsetOf(samples)) > 5000
  return jumped ? [sample] : [...samples, sample].slice(-SAMPLES)
}

let samples: Sample[] = []

export function learn(server: number): void {
  samples = withSample(samples, { server, local: Date.now() })
}

/** Now, in ms since the epoch, as the server counts. */
export function serverNow(): number {
  return Date.now() + offsetOf(samples)
}
