/** What somebody chose for this page: language and look. */
import { createContext, useContext } from 'react'
import type { Language } from '@/texts'
import type { Look } from './theme'

export interface Chosen {
  look: Look
  setLook: (look: Look) => void
  setLanguage: (language: Language) => void
}

const Context = createContext<Chosen | null>(null)

export const Settings = Context.Provider

export function useSettings(): Chosen {
  const chosen = useContext(Context)
  if (chosen === null) throw new Error('no settings')
  return chosen
}
