import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Link } from '@/live/link'

class Wire {
  static all: Wire[] = []
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  constructor(readonly address: string) {
    Wire.all.push(this)
  }
  close(): void {
    this.onmessage = null
  }
  says(kind: string, prev: number, n: number): void {
    this.onmessage?.({ data: JSON.stringify({ epoch: 'e1', prev, n, kind, id: '', data: null }) })
  }
}

let link: Link

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', Wire)
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('removeEventListener', () => undefined)
  vi.stubGlobal('document', { addEventListener: vi.fn(), removeEventListener: vi.fn() })
  Wire.all = []
  link = new Link('/events', () => Promise.resolve(), vi.fn())
  link.start()
  Wire.all[0]?.says('hello', 0, 1)
})

afterEach(() => {
  link.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('a link that falls silent', () => {
  it('is lost within three seconds, and not while it is told something', () => {
    vi.advanceTimersByTime(2000)
    Wire.all[0]?.says('ping', 1, 2)
    vi.advanceTimersByTime(2000)
    expect(link.snapshot().is).toBe('up')
    vi.advanceTimersByTime(1000)
    expect(link.snapshot().is).toBe('lost')
  })

  it.each([3_600_000, -3_600_000])('is noticed as soon where the clock is set by %i ms', (by) => {
    vi.setSystemTime(Date.now() + by)
    vi.advanceTimersByTime(1000)
    expect(link.snapshot().is).toBe('up')
    vi.advanceTimersByTime(2000)
    expect(link.snapshot().is).toBe('lost')
    const since = link.snapshot().lostSince ?? 0
    expect(performance.now() - since).toBeLessThanOrEqual(3000)
  })

  it('asks again by itself from where it was', () => {
    vi.advanceTimersByTime(4000)
    const last = Wire.all.at(-1)
    expect(last?.address).toBe('/events?after=e1%3A1')
    last?.says('ping', 1, 3)
    expect(link.snapshot().is).toBe('up')
  })
})
