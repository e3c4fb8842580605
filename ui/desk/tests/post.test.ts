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

const refused = (message: string) => Object.assign(new Error(message), { code: 'conflict' })

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
    const held = refused('this may not be sent: no-contact, cap-day')
    expect(gateReasons(held)).toEqual(['no-contact', 'cap-day'])
    expect(gateReasons(refused('somebody was faster'))).toEqual([])
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
