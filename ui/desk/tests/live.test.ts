import { describe, expect, it } from 'vitest'
import { offsetOf, withSample, type Sample } from '@/live/clock'
import { after, step, type LiveMessage, type Place, type Verdict } from '@/live/resume'

function message(kind: string, n: number, epoch = 'e1'): LiveMessage {
  return { epoch, n, kind }
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

describe('resuming', () => {
  it('reads everything at the first greeting, then follows', () => {
    const [found, place] = verdicts(null, [message('hello', 7), message('call', 8)])
    expect(found).toEqual(['reread', 'apply'])
    expect(place).toEqual({ epoch: 'e1', n: 8 })
  })

  it('takes what was missed after a reconnection, each once', () => {
    const [found] = verdicts({ epoch: 'e1', n: 8 }, [
      message('hello', 10),
      message('call', 8),
      message('call', 9),
      message('task', 10),
      message('task', 10),
    ])
    expect(found).toEqual(['skip', 'skip', 'apply', 'apply', 'skip'])
  })

  it('reads everything again after a gap, and goes on from there', () => {
    const [found] = verdicts({ epoch: 'e1', n: 8 }, [message('call', 11), message('call', 12)])
    expect(found).toEqual(['reread', 'apply'])
  })

  it('reads everything again where the server has started anew or says so', () => {
    const before = { epoch: 'e1', n: 8 }
    expect(step(before, message('hello', 0, 'e2')).verdict).toBe('reread')
    expect(step(before, message('resync', 30)).place).toEqual({ epoch: 'e1', n: 30 })
    expect(step(before, message('hello', 3)).verdict).toBe('reread')
  })

  it('is not moved by pings', () => {
    expect(step({ epoch: 'e1', n: 8 }, message('ping', 0)).place?.n).toBe(8)
  })

  it('asks from the last event that was taken in', () => {
    expect(after(null)).toBe('')
    expect(after({ epoch: 'e1', n: 8 })).toBe('?after=e1%3A8')
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
