import { describe, expect, it } from 'vitest'
import type { ActView } from '@/api/acts'
import type { ChatMessage } from '@/api/chats'
import {
  entryFor,
  fenOf,
  groupOf,
  mayOpen,
  monthsBefore,
  stateWordsOf,
} from '@/screens/call/acts/kinds'
import { mayClose } from '@/screens/chats/ending'
import { isLate } from '@/screens/cases/due'
import { fenWithCents, partOf } from '@/format/sums'
import { bytes, lastUnread, tickOf } from '@/screens/chats/unread'
import { blocksOf } from '@/screens/guidance/blocks'

function act(name: string, ...codes: string[]): ActView {
  const reasons = codes.map((code) => ({ code, source: '', until: null, zh: code, en: code }))
  const allowed = codes.length === 0
  return {
    act: name,
    title_zh: name,
    title_en: name,
    allowed,
    verdict: { rule: '', allowed, not_before: null, reasons },
    missing: [],
    card: null,
    account: null,
  }
}

describe('acts', () => {
  it.each([
    ['dispute_transaction', 'forms'],
    ['release_hold', 'cards'],
    ['hear_interest', 'tell'],
    ['complain', 'other'],
  ])('%s is among %s', (name, group) => expect(groupOf(name)).toBe(group))

  it('asks for keys only where a caller can type what is missing', () => {
    expect(entryFor('card_and_id_tails')).toBe('tails')
    expect(entryFor('registered_number')).toBeNull()
    expect(entryFor('agent_judgement')).toBeNull()
  })

  it.each([
    ['address', 'acts.change.state'],
    ['limit', 'acts.limit.state'],
    ['fee-reversal', 'acts.fee.state'],
    ['card-closure', 'acts.close.state'],
  ])('the state of a request for %s has its words in %s', (kind, words) =>
    expect(stateWordsOf(kind)).toBe(words),
  )

  it('opens the form of a closing where points alone stand against it', () => {
    expect(mayOpen(act('close_card', 'points-left'))).toBe(true)
    expect(mayOpen(act('close_card', 'points-left', 'balance-owed'))).toBe(false)
    expect(mayOpen(act('limit_request', 'points-left'))).toBe(false)
  })

  it.each([
    ['30000', 3_000_000],
    ['30,000', 3_000_000],
    ['0', null],
    ['3e4', null],
    ['-5', null],
    ['', null],
  ])('a limit typed as %s is %s fen', (typed, fen) => expect(fenOf(typed)).toBe(fen))

  it('counts months in the zone of the bank', () => {
    const newYear = Date.parse('2026-12-31T16:30:00Z')
    expect(monthsBefore(newYear, 2)).toEqual(['2026-12', '2026-11'])
    expect(monthsBefore(newYear - 3_600_000, 2)).toEqual(['2026-11', '2026-10'])
  })
})

describe('cases', () => {
  it('are late when their day is over in the zone of the bank', () => {
    expect(isLate('2026-11-26', Date.parse('2026-11-26T15:59:59Z'))).toBe(false)
    expect(isLate('2026-11-26', Date.parse('2026-11-26T16:00:00Z'))).toBe(true)
  })

  it.each([
    ['128', 12_800],
    ['128.5', 12_850],
    ['1,128.05', 112_805],
    ['128.555', null],
    ['all', null],
  ])('%s yuan are %s fen', (typed, fen) => expect(fenWithCents(typed)).toBe(fen))

  it.each([
    ['', 12_800, null, ''],
    ['128', 12_800, 12_800, ''],
    ['100.50', 12_800, 10_050, ''],
    ['128.01', 12_800, null, 'toomuch'],
    ['9999', null, 999_900, ''],
    ['0', 12_800, null, 'nosum'],
    ['half', 12_800, null, 'nosum'],
  ])('%s of %s fen is %s %s', (typed, most, fen, fault) =>
    expect(partOf(typed, most)).toEqual({ fen, fault }),
  )
})

describe('chats', () => {
  it('asks both questions before an end, but nobody who has left', () => {
    expect(mayClose('resolved', false)).toBe(false)
    expect(mayClose('follow-up', true)).toBe(true)
    expect(mayClose('left', false)).toBe(true)
  })

  const message = (part: Partial<ChatMessage>): ChatMessage => ({
    number: 1,
    author: 'agent',
    agent: null,
    text: '',
    masked: [],
    article: null,
    file: null,
    staff_only: false,
    at: '',
    delivered_at: null,
    read_at: null,
    ...part,
  })

  it('show how far a message went, and nothing on notes', () => {
    expect(tickOf(message({}))).toBe('sent')
    expect(tickOf(message({ delivered_at: 'x' }))).toBe('delivered')
    expect(tickOf(message({ delivered_at: 'x', read_at: 'x' }))).toBe('read')
    expect(tickOf(message({ staff_only: true }))).toBeNull()
    expect(tickOf(message({ author: 'holder' }))).toBeNull()
  })

  it('are read up to the last unread word of the holder', () => {
    const said = [
      message({ number: 1, author: 'holder', read_at: 'x' }),
      message({ number: 2, author: 'holder' }),
      message({ number: 3 }),
    ]
    expect(lastUnread(said)).toBe(2)
    expect(lastUnread(said.slice(0, 1))).toBe(0)
  })

  it('name sizes', () => {
    expect([bytes(10), bytes(640_000), bytes(1_250_000)]).toEqual(['1 kB', '640 kB', '1.3 MB'])
  })
})

describe('articles', () => {
  it('are paragraphs and lists', () => {
    expect(blocksOf('先说\n\n- 一\n- 二\n再说\n- 三')).toEqual([
      { kind: 'text', text: '先说' },
      { kind: 'list', items: ['一', '二'] },
      { kind: 'text', text: '再说' },
      { kind: 'list', items: ['三'] },
    ])
  })
})
