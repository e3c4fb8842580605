/** Who complains on the telephone: what may be chosen, what is wrong, what the server is told. */
import { describe, expect, it } from 'vitest'
import { bodyOf, choices, faultsOf, NOBODY, type Speaker } from '@/screens/call/speaking'

const who = (change: Partial<Speaker>): Speaker => ({ ...NOBODY, ...change })

describe('who complains', () => {
  it('is never nameless where a holder is served', () => {
    expect(choices(true)).not.toContain('anonymous')
    expect(choices(false)).toContain('anonymous')
  })

  it('is asked again for what cannot be', () => {
    expect(faultsOf(who({ phone: '12', email: 'a b' }), false)).toEqual(['phone', 'email'])
    expect(faultsOf(who({ phone: '138 0013-8000', email: 'a@b.cn' }), false)).toEqual([])
    expect(faultsOf(who({ speaks: 'anonymous', phone: '12' }), false)).toEqual([])
    expect(faultsOf(who({ speaks: 'proxy' }), true)).toEqual(['speaker'])
    expect(faultsOf(who({ speaks: 'joint', people: '1' }), false)).toEqual([
      'people',
      'representatives',
    ])
    expect(
      faultsOf(who({ speaks: 'joint', people: '2', representatives: 'A\nB、C' }), false),
    ).toEqual(['people'])
  })

  it('tells nothing of a holder, and nothing that belongs to another choice', () => {
    const typed = { name: 'Zhou', phone: '13800138000', speaker: 'Son', people: '9' }
    expect(bodyOf(who({ ...typed, speaks: 'self' }), true)).toEqual({
      name: '',
      identity_tail: '',
      reach: { phone: '', email: '', address: '' },
      proxy: null,
      joint: null,
    })
    expect(bodyOf(who({ ...typed, speaks: 'anonymous' }), false).name).toBe('')
    expect(bodyOf(who({ ...typed, speaks: 'proxy' }), true).proxy?.reach.phone).toBe('13800138000')
    expect(
      bodyOf(who({ ...typed, speaks: 'joint', representatives: 'A, B' }), false).joint,
    ).toEqual({
      people: 9,
      representatives: ['A', 'B'],
      in_person: false,
    })
  })
})
