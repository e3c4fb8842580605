/** What kind of thing somebody asks about, by its form. Pure. */
import type { OfficialKind } from '@/api/trust'

export function kindOf(value: string): OfficialKind {
  const plain = value.trim()
  if (/^[+\d][\d\s()-]*$/.test(plain)) return 'number'
  if (/^(https?:\/\/)?[\w-]+(\.[\w-]+)+(\/\S*)?$/i.test(plain)) return 'domain'
  return plain.startsWith('【') || plain.startsWith('[') ? 'sender' : 'campaign'
}
