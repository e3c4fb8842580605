/** What exists once in a tab, outside of React's tree: reads, and the link to the server. */
import { QueryClient } from '@tanstack/react-query'
import { Refusal, sessionEnded } from '@/api/client'
import { myCallQuery, type CallView } from '@/api/calls'
import { Softphone } from '@/softphone/phone'
import { Link } from '@/live/link'
import { refreshBy } from '@/live/refresh'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (count, error) => {
        const status = error instanceof Refusal ? error.status : 0
        return (status === 0 || status >= 500) && count < 2
      },
    },
    mutations: { networkMode: 'always' },
  },
})

const scheme = location.protocol === 'https:' ? 'wss' : 'ws'

async function reread(what: 'all' | 'failed'): Promise<void> {
  await queries.invalidateQueries(
    what === 'all'
      ? { predicate: (query) => query.queryKey[0] !== 'session' }
      : { predicate: (query) => query.state.status === 'error' },
  )
}

export const link = new Link(`${scheme}://${location.host}/api/v1/events`, reread, sessionEnded)

export const phone = new Softphone()
phone.readCall = () => void queries.invalidateQueries({ queryKey: ['calls'] })

link.listen((message) => {
  refreshBy(queries, message)
  if (message.kind === 'softphone') void phone.tabIs((message.data as { tab?: string }).tab ?? '')
})

// What the server says of our call goes to the phone, whichever screen is shown.
queries.getQueryCache().subscribe(({ query }) => {
  if (query.queryHash === JSON.stringify(myCallQuery.queryKey) && query.state.status === 'success')
    phone.hear(query.state.data as CallView | null)
})
