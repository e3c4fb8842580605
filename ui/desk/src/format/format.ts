/** Figures as people read them. Times are shown in the bank's zone, whatever this machine's is. */
import type { Language } from '@/texts'
import { ZONE } from './zone'

/** `0:07`, `12:30`, `1:02:03`; never negative, so that a clock that is off shows no nonsense. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const two = (figure: number) => String(figure).padStart(2, '0')
  const rest = two(seconds % 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

function locale(language: Language): string {
  return language === 'zh' ? 'zh-CN' : 'en-GB'
}

/** `11月26日 20:53` or `26 Nov, 20:53`. */
export function moment(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(locale(language), {
    timeZone: ZONE,
    month: language === 'zh' ? 'long' : 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(iso))
}

/** As `moment`; what ends with a day ends at its 24:00, and not at the next day's 00:00. */
export function deadline(iso: string, language: Language): string {
  const before = moment(new Date(Date.parse(iso) - 60_000).toISOString(), language)
  return before.endsWith('23:59') ? before.replace('23:59', '24:00') : moment(iso, language)
}

/** `20:53:07`. */
export function clock(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(iso))
}

/** `2026年11月26日` or `26 November 2026`. */
export function day(iso: string, language: Language): string {
  const alone = iso.length === 10
  return new Intl.DateTimeFormat(locale(language), {
    timeZone: alone ? 'UTC' : ZONE,
    dateStyle: 'long',
  }).format(new Date(iso))
}

/** `03` to `3月` or `March`. */
export function monthOf(month: string, language: Language): string {
  return new Intl.DateTimeFormat(locale(language), { timeZone: 'UTC', month: 'long' }).format(
    new Date(Date.UTC(2000, Number(month) - 1, 1)),
  )
}

/** Minor units to `¥1,234.50`; a space keeps no currency from its figure. */
export function money(minor: number, currency: string, language: Language): string {
  return new Intl.NumberFormat(locale(language), {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).format(minor / minorUnits(currency))
}

/** How many of its smallest units a currency has: 100 of CNY, GBP and USD (ISO 4217). */
export function minorUnits(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return 10 ** maximumFractionDigits
}

/** An amount as the server gives it. */
export interface Amount {
  fen: number
  yuan: string
  currency: string
}

export function amountOf(amount: Amount, language: Language): string {
  return money(amount.fen, amount.currency, language)
}

export function percent(share: number | null, none = '–'): string {
  return share === null ? none : `${Math.round(share * 100)}%`
}

/** `12,345`. */
export function count(figure: number, language: Language): string {
  return new Intl.NumberFormat(locale(language)).format(figure)
}

/** A share with one decimal: `2.9%`. */
export function share(part: number, digits = 1): string {
  return `${(part * 100).toFixed(digits)}%`
}

/** A signed difference of shares in points of a percent: `+3.1`. */
export function points(difference: number): string {
  const figure = (difference * 100).toFixed(1)
  return difference > 0 ? `+${figure}` : figure.replace('-', '−')
}
