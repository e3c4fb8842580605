/** What the forms of all acts share. */
import type { ActView } from '@/api/acts'
import { queries } from '@/app/parts'

export interface FormProps {
  act: ActView
  interaction: string
  up: boolean
  /** Names this opening of the form: pressed twice, it is one request. */
  press: string
}

/** What an act changed is read again. */
export async function readAgain(interaction: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['interactions', interaction] }),
    queries.invalidateQueries({ queryKey: ['account', interaction] }),
    queries.invalidateQueries({ queryKey: ['cases'] }),
  ])
}
