/** What the server refused, as a sentence for the person who asked. */
import type { Spoken } from '@/texts'
import { Refusal } from './client'

export function sentence(error: unknown, { t, word }: Spoken): string {
  if (!(error instanceof Refusal)) return t('error.other', { code: 'page' })
  const wrong = error.code === 'invalid' ? wrongFields(error.body, word) : []
  if (wrong.length > 0) return t('error.invalid.fields', { fields: wrong.join(t('app.and')) })
  const known = word('error', error.code, '') || word('reason', error.code, '')
  if (known) return known
  return t('error.other', { code: error.code })
}

/** The fields that the server found wrong, as they are called on the page; none of another name. */
function wrongFields(body: unknown, word: Spoken['word']): string[] {
  const { faults } = (body ?? {}) as { faults?: { where: string }[] }
  const names = (faults ?? []).map((one) => word('field', one.where.split('.').at(-1) ?? '', ''))
  return [...new Set(names.filter(Boolean))]
}
