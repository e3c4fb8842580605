/** What exists once in a tab, outside of React's tree: reads, and the link to the server. */
import { QueryClient } from '@tanstack/react-query'
import { Refusal } from '@/api/client'
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

export const link = new Link(`${scheme}://${location.host}/api/v1/events`, async (what) => {
  await queries.invalidateQueries(
    what === 'all'
      ? { predicate: (query) => query.queryKey[0] !== 'session' }
      : { predicate: (query) => query.state.status === 'error' },
  )
})

link.listen((message) => refreshBy(queries, message))
