import { describe, expect, it } from 'vitest'
import { offsetOf, withSample, type Sample } from '@/live/clock'
import { after, step, type LiveMessage, type Place, type Verdict } from '@/live/resume'

function message(kind: string, prev: number, n: number, epoch = 'e1'): LiveMessage {
  return { epoch, prev, n, kind, id: '', data: null }
}

function verdicts(place: Place | null, messages: LiveMessage[]): [Verdict[], Place | null] {
  const found: Verdict[] = []
  for (const one of messages) {
    const next = step(place, one)
    place = next.place
    found.push(next.verdict)
  }
  return [found, place]
}

const AT_8: Place = { epoch: 'e1', n: 8 }

describe('resuming', () => {
  it('reads everything at the first greeting, then follows, over the numbers of others', () => {
    const [found, place] = verdicts(null, [
      message('hello', 0, 7),
      message('call', 7, 9),
      message('ping', 9, 12),
      message('task', 12, 13),
    ])
    expect(found).toEqual(['reread', 'apply', 'skip', 'apply'])
    expect(place).toEqual({ epoch: 'e1', n: 13 })
  })

  it('takes what was missed after a reconnection, each once', () => {
    const [found] = verdicts(AT_8, [
      message('hello', 0, 8),
      message('call', 8, 9),
      message('task', 9, 14),
      message('task', 9, 14),
    ])
    expect(found).toEqual(['skip', 'apply', 'apply', 'skip'])
  })

  it('connects again from where it was, where something is missing', () => {
    expect(step(AT_8, message('call', 10, 11))).toEqual({ place: AT_8, verdict: 'again' })
    expect(step(AT_8, message('ping', 10, 10))).toEqual({ place: AT_8, verdict: 'again' })
    expect(step(AT_8, message('call', 8, 9, 'e2'))).toEqual({ place: AT_8, verdict: 'again' })
  })

  it('reads everything again where the server says so, and no more than once', () => {
    const [found, place] = verdicts(AT_8, [
      message('hello', 0, 3, 'e2'),
      message('resync', 3, 3, 'e2'),
      message('call', 3, 4, 'e2'),
    ])
    expect(found).toEqual(['skip', 'reread', 'apply'])
    expect(place).toEqual({ epoch: 'e2', n: 4 })
  })

  it('asks from the last message that was taken in', () => {
    expect(after(null)).toBe('')
    expect(after(AT_8)).toBe('?after=e1%3A8')
  })
})

describe('the clock', () => {
  it('believes the message that was under way the shortest', () => {
    const hour = 3_600_000
    const samples: Sample[] = [300, 20, 900].map((late, index) => ({
      server: index * 1000,
      local: index * 1000 + hour + late,
    }))
    expect(offsetOf(samples)).toBe(-hour - 20)
  })

  it('forgets what it knew when somebody sets the clock', () => {
    const before = withSample([], { server: 0, local: 50 })
    const after = withSample(before, { server: 1000, local: 1000 + 7_200_000 })
    expect(offsetOf(after)).toBe(-7_200_000)
  })

  it('is right by nothing where nothing is known', () => {
    expect(offsetOf([])).toBe(0)
  })

  it('keeps no more than it needs', () => {
    let samples: Sample[] = []
    for (let n = 0; n < 100; n++) samples = withSample(samples, { server: n, local: n })
    expect(samples.length).toBe(30)
  })
})
