/** What every part of a complaint's page is given. */
import type { Catalogue, Whole } from '@/api/complaints'

export interface PartProps {
  one: Whole
  words: Catalogue
  /** Whether this one of the staff may handle complaints. */
  handles: boolean
}
