import { beforeEach, describe, expect, it, vi } from 'vitest'
import { barsOf } from '@/format/Bars'
import { count, points, share } from '@/format/format'
import { holdable, toggled, worthTelling } from '@/screens/call/dissuade/reasons'
import {
  changesOf,
  missingColumns,
  resultsOf,
  rowsOf,
  shareOf,
  takesPeople,
} from '@/screens/campaigns/states'
import { kindOf } from '@/screens/registry/kinds'
import { dueOf, soonestFirst } from '@/screens/complaints/due'
import { isEntered, periodOf } from '@/screens/registry/periods'
import { urgencyOf } from '@/screens/scams/due'

const NOW = Date.parse('2026-11-27T02:00:00Z')

describe('campaigns', () => {
  it('offers only what may happen in a state', () => {
    expect(changesOf('draft')).toEqual(['start', 'stop'])
    expect(changesOf('running')).toEqual(['pause', 'stop'])
    expect(changesOf('done')).toEqual([])
    expect(changesOf('anything new')).toEqual([])
    expect(takesPeople('paused')).toBe(true)
    expect(takesPeople('stopped')).toBe(false)
  })

  it('says which columns a list lacks before it is sent', () => {
    expect(missingColumns('phone,amount,due\n138', ['amount', 'due'])).toEqual([])
    expect(missingColumns('\ufeff"holder_id", amount\r\nh1,2', ['amount'])).toEqual([])
    expect(missingColumns('name,amount\n', ['amount', 'due'])).toEqual(['who', 'due'])
    expect(missingColumns('', ['amount'])).toEqual(['who', 'amount'])
  })

  it('reads who did it, and names the lines that say nothing', () => {
    expect(resultsOf('\ufeffholder_id,reached\r\nh1,1\r\n"h2", No\r\n\r\n')).toEqual({
      results: { h1: true, h2: false },
      bad: [],
    })
    expect(resultsOf('h1,yes\nh2\nh3,maybe\n,1\nh4,0,x').bad).toEqual([2, 3, 4, 5])
    expect(resultsOf('')).toEqual({ results: {}, bad: [] })
  })

  it('counts the people of a list, not its empty lines', () => {
    expect(rowsOf('phone\n1\n\n2\r\n')).toBe(2)
    expect(rowsOf('phone')).toBe(0)
    expect(rowsOf('')).toBe(0)
  })

  it.each([
    ['3', 0.03],
    ['2.5%', 0.025],
    [' 100 ', 1],
    ['101', null],
    ['-1', null],
    ['drei', null],
    ['', null],
  ])('reads %s per cent as %s', (typed, value) => expect(shareOf(typed)).toBe(value))

  it('draws the greatest first and leaves out what is nothing', () => {
    const bars = barsOf({ a: 2, b: 0, c: 9, d: 2 }, (key) => key.toUpperCase())
    expect(bars.map((one) => one.name)).toEqual(['C', 'A', 'D'])
  })
})

describe('figures', () => {
  it('are written as people read them', () => {
    expect(count(1234567, 'zh')).toBe('1,234,567')
    expect(share(0.0289)).toBe('2.9%')
    expect(points(0.0312)).toBe('+3.1')
    expect(points(-0.05)).toBe('−5.0')
    expect(points(0)).toBe('0.0')
  })
})

describe('the registry', () => {
  it('says where an entry stands: the end does not belong to it', () => {
    const since = '2026-11-27T02:00:00Z'
    expect(periodOf({ since, until: null }, NOW)).toBe('running')
    expect(periodOf({ since, until: null }, NOW - 1)).toBe('coming')
    expect(periodOf({ since, until: '2026-11-28T02:00:00Z' }, NOW + 86_400_000)).toBe('over')
  })

  it('knows what the settings give from what staff entered', () => {
    expect(isEntered({ id: 'of-0199' })).toBe(true)
    expect(isEntered({ id: 'own-hotline' })).toBe(false)
  })

  it.each([
    ['95500', 'number'],
    ['+86 21 6000 0000', 'number'],
    ['https://bank.example/x', 'domain'],
    ['bank-example.top', 'domain'],
    ['【示例银行】', 'sender'],
    ['加油返现', 'campaign'],
  ])('takes %s for a %s', (value, kind) => expect(kindOf(value)).toBe(kind))
})

describe('complaints', () => {
  // 2026-11-27, 10:00 in Shanghai.
  it.each([
    ['2026-11-26', 'over', 0],
    ['2026-11-27', 'today', 0],
    ['2026-11-30', 'soon', 3],
    ['2026-12-01', 'later', 4],
  ])('due on %s are %s: in time until the end of the last day', (day, urgency, days) =>
    expect(dueOf(day, NOW)).toEqual({ urgency, days }),
  )

  it('turn over at midnight in Shanghai, wherever the desk stands', () => {
    expect(dueOf('2026-11-27', Date.parse('2026-11-27T15:59:59Z')).urgency).toBe('today')
    expect(dueOf('2026-11-27', Date.parse('2026-11-27T16:00:00Z')).urgency).toBe('over')
  })

  it('stand with what is due soonest first, and what owes nothing last', () => {
    const rows = [null, '2026-12-02T00:00:00Z', '2026-11-30T00:00:00Z'].map((next_due_at) => ({
      next_due_at,
    }))
    expect(soonestFirst(rows).map((one) => one.next_due_at)).toEqual([
      '2026-11-30T00:00:00Z',
      '2026-12-02T00:00:00Z',
      null,
    ])
  })
})

describe('scam reports', () => {
  it('are over at their due time and soon within four hours', () => {
    const due = '2026-11-27T02:00:00Z'
    expect(urgencyOf(due, NOW)).toBe('over')
    expect(urgencyOf(due, NOW - 4 * 3_600_000)).toBe('soon')
    expect(urgencyOf(due, NOW - 4 * 3_600_000 - 1)).toBe('later')
  })
})

describe('the texts behind the first screen', () => {
  beforeEach(() => {
    vi.resetModules()
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  })

  it('join the texts that are shown, and come along in another language', async () => {
    const { load, loadLater, speak } = await import('@/texts')
    const texts = await load('zh')
    const spoken = speak('zh', texts)
    expect(spoken.word('campaign.kind', 'offer', 'missing')).toBe('missing')
    await loadLater()
    expect(spoken.word('campaign.kind', 'offer', 'missing')).toBe('优惠介绍')
    const english = speak('en', await load('en'))
    expect(english.t('campaign.kind.offer')).toBe('Offer')
  })

  it('have every text in both languages', async () => {
    const zh = { ...(await import('@/texts/zh')).zh, ...(await import('@/texts/zh/later')).later }
    const en = { ...(await import('@/texts/en')).en, ...(await import('@/texts/en/later')).later }
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    for (const [key, text] of Object.entries(zh)) {
      const slots = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort()
      expect(slots((en as Record<string, string>)[key] ?? ''), key).toEqual(slots(text))
    }
  })
})

describe('a warned holder', () => {
  const words = { zh: '理由', en: 'reason' }
  const script = {
    reasons: [
      { code: 'safe-account', ...words },
      { code: 'secrecy', ...words },
    ],
  }

  it('is told what was found and has words, in its order', () => {
    const judgement = {
      reasons: [{ code: 'secrecy' }, { code: 'learned' }, { code: 'safe-account' }],
    }
    expect(worthTelling(judgement as never, script as never)).toEqual(['secrecy', 'safe-account'])
  })

  it('ticks and unticks', () => {
    expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
    expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
  })

  it('can have a card held that still pays', () => {
    expect(
      ['active', 'held', 'frozen', 'closed'].map((state) => holdable({ state } as never)),
    ).toEqual([true, true, false, false])
  })
})
