/** What may be said to whoever a conversation is about, and by which way. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type Permissions = View['PermissionsView']
export type Way = Permissions['ways'][number]
export type May = Way['may']
export type Purpose = Way['purpose']
export type Channel = Way['channel']

const at = (interaction: string) => ({ params: { path: { interaction } } })

/** Under `interactions`: a claim makes it old. */
export const permissionsQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['interactions', interaction, 'permissions'],
    queryFn: () => told(api.GET('/api/v1/interactions/{interaction}/permissions', at(interaction))),
    staleTime: 10_000,
  })

export function stopMarketing(interaction: string) {
  return told(api.POST('/api/v1/interactions/{interaction}/stop-marketing', at(interaction)))
}

export function markVulnerable(interaction: string, vulnerable: boolean) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/vulnerable', {
      ...at(interaction),
      body: { vulnerable },
    }),
  )
}
