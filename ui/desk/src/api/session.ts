/** Who is logged in with this browser. */
import { queryOptions } from '@tanstack/react-query'
import { api, Refusal, setCsrf, told, type View } from './client'

export type Session = View['SessionView']

export type Role = 'agent' | 'lead' | 'quality' | 'compliance' | 'administrator'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return known(await told(api.GET('/api/v1/session')))
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return null
      throw error
    }
  },
  staleTime: Infinity,
})

export function known(session: Session): Session {
  setCsrf(session.csrf)
  return session
}

export async function logIn(number: string, password: string, code: string): Promise<Session> {
  return known(await told(api.POST('/api/v1/session', { body: { number, password, code } })))
}

export async function logOut(): Promise<void> {
  await api.DELETE('/api/v1/session')
  setCsrf('')
}
