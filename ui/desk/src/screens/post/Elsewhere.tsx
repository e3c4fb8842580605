/** A task says that somebody wrote, not by which door: leads on to the e-mail or app message. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Redirect } from 'wouter'
import { appMessagesQuery, emailsQuery } from '@/api/post'
import { placeOf } from './states'

interface Props {
  interaction: string
  /** Where it is by no other door. */
  children: ReactNode
}

export function Elsewhere({ interaction, children }: Props) {
  const { data: emails } = useQuery(emailsQuery)
  const { data: messages } = useQuery(appMessagesQuery)
  const place = placeOf(interaction, emails ?? [], messages ?? [])
  return place ? <Redirect to={place} replace /> : children
}
