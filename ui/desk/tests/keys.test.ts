import { describe, expect, it } from 'vitest'
import { press, type Binding, type Press } from '@/keys/map'

const bindings: Binding[] = [
  { keys: 'f', action: 'freeze' },
  { keys: '?', action: 'map' },
  { keys: 'g h', action: 'home' },
  { keys: 'g t', action: 'tasks' },
  { keys: 'ctrl+Enter', action: 'send' },
]

function key(name: string, more: Partial<Press> = {}): Press {
  const none = { ctrl: false, alt: false, meta: false }
  return { key: name, ...none, composing: false, repeat: false, typing: false, ...more }
}

describe('the keyboard map', () => {
  it('finds a single key, capital or small', () => {
    expect(press(bindings, '', key('f')).action).toBe('freeze')
    expect(press(bindings, '', key('F')).action).toBe('freeze')
    expect(press(bindings, '', key('?')).action).toBe('map')
  })

  it('follows a sequence, and starts again where it goes astray', () => {
    const first = press(bindings, '', key('g'))
    expect(first).toEqual({ pending: 'g', action: null })
    expect(press(bindings, first.pending, key('t'))).toEqual({ pending: '', action: 'tasks' })
    expect(press(bindings, first.pending, key('f')).action).toBe('freeze')
    expect(press(bindings, first.pending, key('x'))).toEqual({ pending: '', action: null })
  })

  it('keeps a sequence through a modifier that is pressed on the way', () => {
    expect(press(bindings, 'g', key('Shift')).pending).toBe('g')
  })

  it('does nothing while an input method composes, whatever is pressed', () => {
    for (const name of ['f', '?', 'Enter', 'Process'])
      expect(press(bindings, '', key(name, { composing: true })).action).toBeNull()
    const sending = key('Enter', { ctrl: true, composing: true, typing: true })
    expect(press(bindings, '', sending).action).toBeNull()
  })

  it('leaves letters to the field in which somebody types, but not combinations', () => {
    expect(press(bindings, '', key('f', { typing: true })).action).toBeNull()
    expect(press(bindings, '', key('Enter', { typing: true, ctrl: true })).action).toBe('send')
  })

  it('does not freeze twice because a key is held down', () => {
    expect(press(bindings, '', key('f', { repeat: true })).action).toBeNull()
  })

  it('takes no browser combination away', () => {
    expect(press(bindings, '', key('f', { ctrl: true })).action).toBeNull()
    expect(press(bindings, '', key('f', { meta: true })).action).toBeNull()
  })
})
