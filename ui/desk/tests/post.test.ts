import { describe, expect, it } from 'vitest'
import type { AppMessage } from '@/api/post'
import {
  addresseeOf,
  fitsWindow,
  gateReasons,
  moveOf,
  placeOf,
  sendingTone,
  threadsOf,
} from '@/screens/post/states'
import { holdMove, packOf } from '@/screens/evidence/states'
import { aboutsIn, closes, handedOnBy, movesOf, numbersIn, sends } from '@/screens/complaints/moves'
import { changeOf, spanOf, weeksOf, yearAt } from '@/screens/complaints/weeks'

const refused = (code: string, body: unknown = null) =>
  Object.assign(new Error('this may not be sent'), { code, body })

describe('complaints', () => {
  it('sends by itself what the way can hold, and asks for the contents of nothing that it writes', () => {
    expect(sends('letter', 'answer')).toBe(true)
    expect(sends('sms', 'answer')).toBe(false)
    expect(sends('sms', 'extension')).toBe(true)
    expect(sends('call', 'answer')).toBe(false)
  })

  it('offers to tell what a state has to tell, and nothing once it is over', () => {
    expect(aboutsIn('decided', 1, 0)).toEqual(['answer'])
    expect(aboutsIn('decided', 2, 0)).toEqual(['reexamination'])
    expect(aboutsIn('accepted', 1, 1)).toContain('extension')
    expect(aboutsIn('closed', 1, 0)).toEqual([])
    expect([closes('refused', false), closes('decided', false)]).toEqual([true, false])
    expect(closes('decided', true)).toBe(true)
  })

  it('lets those who handle it join it to another while nothing is decided', () => {
    expect(movesOf('accepted', true)).toContain('join')
    expect(movesOf('accepted')).not.toContain('join')
    expect(movesOf('decided', true)).not.toContain('join')
  })

  it('knows who handed it on and is to hear of it', () => {
    expect(handedOnBy(['hotline', 'pbc'])).toEqual(['pbc'])
    expect(handedOnBy(['association'])).toEqual([])
    expect(numbersIn('6001，6002、 6003')).toEqual(['6001', '6002', '6003'])
  })
})

describe('post', () => {
  it('offers the one next step of a letter, and stopping one to leads alone', () => {
    expect(moveOf('printed', 'agent')).toBe('post')
    expect(moveOf('posted', 'agent')).toBe('return')
    expect(moveOf('returned', 'lead')).toBe('again')
    expect(moveOf('queued', 'lead')).toBe('withdraw')
    expect(moveOf('queued', 'agent')).toBeNull()
    expect(moveOf('withdrawn', 'lead')).toBeNull()
  })

  it('takes an address only where it fits the window of the envelope', () => {
    const to = addresseeOf(' 王芳 ', '北京市西城区\n\n 金融大街 1 号 \n')
    expect(to).toEqual({ name: '王芳', lines: ['北京市西城区', '金融大街 1 号'] })
    expect(fitsWindow(to)).toBe(true)
    expect(fitsWindow(addresseeOf('', '北京'))).toBe(false)
    expect(fitsWindow(addresseeOf('王芳', ' \n'))).toBe(false)
    expect(fitsWindow(addresseeOf('王芳', '1\n2\n3\n4\n5\n6'))).toBe(false)
    expect(fitsWindow(addresseeOf('王芳', '长'.repeat(61)))).toBe(false)
  })

  it('tells sent from gone wrong', () => {
    expect(sendingTone('sent')).toBe('good')
    expect(sendingTone('bounced')).toBe('bad')
    expect(sendingTone('queued')).toBe('accent')
  })

  it('reads the reasons of the gate out of a refusal, and of no other', () => {
    const held = refused('held', { reasons: ['no-contact', 'cap-day', 7] })
    expect(gateReasons(held)).toEqual(['no-contact', 'cap-day'])
    expect(gateReasons(refused('conflict', { reasons: ['x'] }))).toEqual([])
    expect(gateReasons(refused('held'))).toEqual([])
    expect(gateReasons(new Error('this may not be sent: x'))).toEqual([])
  })

  it('puts messages of one conversation together, the one that is due first in front', () => {
    const message = (interaction: string, at: string): AppMessage => ({
      interaction,
      account: 'app',
      holder: null,
      text: at,
      at,
      due_at: null,
    })
    const threads = threadsOf([
      message('b', '2026-11-27T02:00:00Z'),
      message('a', '2026-11-27T03:00:00Z'),
      message('b', '2026-11-27T01:00:00Z'),
    ])
    expect(threads.map((one) => one.interaction)).toEqual(['b', 'a'])
    expect(threads[0]?.last.at).toBe('2026-11-27T02:00:00Z')
    expect(threadsOf([])).toEqual([])
  })

  it('finds where a conversation waits that is none of the holder pages', () => {
    expect(placeOf('i1', [{ id: 'm1', interaction: 'i1' }], [])).toBe('/emails/m1')
    expect(placeOf('i2', [], [{ interaction: 'i2' }])).toBe('/app-messages/i2')
    expect(placeOf('i3', [], [])).toBeNull()
  })
})

describe('the report of complaints', () => {
  const rows = [
    { week: '2026-01-05', cause: 'slow', count: 2 },
    { week: '2026-01-05', cause: null, count: 1 },
    { week: '2026-01-19', cause: 'fees', count: 4 },
  ]

  it('shows weeks in which nothing came, and narrows to one cause', () => {
    expect(weeksOf(rows, '2026-01-01', '2026-01-20', null)).toEqual([
      { monday: '2025-12-29', count: 0 },
      { monday: '2026-01-05', count: 3 },
      { monday: '2026-01-12', count: 0 },
      { monday: '2026-01-19', count: 4 },
    ])
    expect(weeksOf(rows, '2026-01-05', '2026-01-12', 'slow')).toEqual([
      { monday: '2026-01-05', count: 2 },
    ])
  })

  it('reaches to the end of today by the clock of the bank, and not beyond its year', () => {
    const late = Date.parse('2026-12-31T17:00:00Z')
    expect(yearAt(late)).toBe(2027)
    expect(spanOf(2027, late)).toEqual({ since: '2027-01-01', until: '2027-01-02' })
    expect(spanOf(2026, late)).toEqual({ since: '2026-01-01', until: '2027-01-01' })
  })

  it('says how a cause went only where whole weeks tell it', () => {
    expect(changeOf(2.5, 1)).toBe('less')
    expect(changeOf(1, 2.5)).toBe('more')
    expect(changeOf(1, 1)).toBe('same')
    expect(changeOf(2.5, null)).toBe('')
  })
})

describe('evidence', () => {
  it('asks for a pack of one thing, with a reason', () => {
    expect(packOf('complaint', ' TS1 ', '监管检查')).toEqual({
      complaint: 'TS1',
      interactions: [],
      reason: '监管检查',
    })
    expect(packOf('interactions', 'i1，i2 i3', 'why')?.interactions).toEqual(['i1', 'i2', 'i3'])
    expect(packOf('phone', '13800001111 13900001111', 'why')).toBeNull()
    expect(packOf('phone', '13800001111', ' ')).toBeNull()
    expect(packOf('interactions', ' , ', 'why')).toBeNull()
  })

  it('lets a hold be lifted by another person than the one who asked', () => {
    const lies = { lift_asked_by: null, lifted_at: null }
    const asked = { lift_asked_by: '000003', lifted_at: null }
    expect(holdMove(lies, '000003')).toBe('ask')
    expect(holdMove(asked, '000003')).toBe('wait')
    expect(holdMove(asked, '000004')).toBe('lift')
    expect(holdMove({ ...asked, lifted_at: '2026-11-27T00:00:00Z' }, '000004')).toBeNull()
  })
})
