/** Who is logged in, for screens. */
import { createContext, useContext } from 'react'
import type { Role, Session } from '@/api/session'

const Context = createContext<Session | null>(null)

export const MeProvider = Context.Provider

export function useMe(): Session & { role: Role } {
  const session = useContext(Context)
  if (session === null) throw new Error('nobody is logged in')
  return session as Session & { role: Role }
}
