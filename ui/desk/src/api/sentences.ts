/** What the server refused, as a sentence for the person who asked. */
import type { Spoken } from '@/texts'
import { Refusal } from './client'

export function sentence(error: unknown, { t, word }: Spoken): string {
  if (!(error instanceof Refusal)) return t('error.other', { code: 'page' })
  const known = word('error', error.code, '') || word('reason', error.code, '')
  if (known) return known
  return t('error.other', { code: error.code })
}
