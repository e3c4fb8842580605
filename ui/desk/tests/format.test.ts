import { describe, expect, it } from 'vitest'
import { clock, day, deadline, duration, moment, money, percent } from '@/format/format'
import { fill } from '@/texts'
import { en } from '@/texts/en'
import { zh } from '@/texts/zh'

describe('durations', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [59_000, '0:59'],
    [61_000, '1:01'],
    [3_723_000, '1:02:03'],
    [-5000, '0:00'],
  ])('%d ms is %s', (ms, said) => expect(duration(ms)).toBe(said))
})

describe('times and sums', () => {
  const at = '2026-11-26T16:05:09Z'

  it('are told in the zone of the bank', () => {
    expect(moment(at, 'zh')).toBe('11月27日 00:05')
    expect(moment(at, 'en')).toBe('27 Nov, 00:05')
    expect(clock(at)).toBe('00:05:09')
    expect(day('2026-11-27', 'zh')).toBe('2026年11月27日')
  })

  it('end with a day at its 24:00', () => {
    expect(deadline('2026-11-25T16:00:00Z', 'zh')).toBe('11月25日 24:00')
    expect(deadline('2026-11-25T16:00:00Z', 'en')).toBe('25 Nov, 24:00')
    expect(deadline(at, 'zh')).toBe('11月27日 00:05')
  })

  it('are whole to the cent', () => {
    expect(money(123_450, 'CNY', 'zh')).toBe('¥1,234.50')
    expect(money(-5, 'CNY', 'zh')).toBe('-¥0.05')
    expect(percent(0.805)).toBe('81%')
    expect(percent(null)).toBe('–')
  })
})

describe('texts', () => {
  it('say the same with the same gaps in both languages', () => {
    const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
    for (const [key, text] of Object.entries(zh))
      expect(gaps((en as Record<string, string>)[key] ?? ''), key).toEqual(gaps(text))
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })

  it('have full-width punctuation in Chinese', () => {
    for (const [key, text] of Object.entries<string>(zh))
      expect(text, key).not.toMatch(/[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]/)
  })

  it('leave a gap that nobody filled to be seen', () => {
    expect(fill('{a} 与 {b}', { a: 1 })).toBe('1 与 {b}')
  })
})
