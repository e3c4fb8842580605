/** My state, and what I may do about it; refusals become sentences. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Messages } from 'antd'
import { endWrapUp, myStateQuery, setMyState, type AgentView, type Wish } from '@/api/routing'
import { sentence } from '@/api/sentences'
import { phone } from '@/app/parts'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'

export interface MyState {
  me: AgentView | undefined
  busy: boolean
  /** Sign in with this page as the phone. */
  enter: () => void
  ask: (state: Wish, reason?: string) => void
  leave: () => void
  endWrapUp: () => void
}

export function useMyState(): MyState {
  const spoken = useTexts()
  const { message } = Messages.useApp()
  const queries = useQueryClient()
  const { data: me } = useQuery(myStateQuery)
  const told = {
    onSuccess: (view: AgentView) => queries.setQueryData(myStateQuery.queryKey, view),
    onError: (error: unknown) => void message.error(sentence(error, spoken)),
  }
  const change = useMutation({
    mutationFn: ({ state, reason }: { state: Wish; reason?: string }) =>
      setMyState(state, reason ?? ''),
    ...told,
  })
  const enter = useMutation({
    mutationFn: async () => setMyState('logged-in', '', await phone.take()),
    ...told,
  })
  const finish = useMutation({ mutationFn: endWrapUp, ...told })
  useKeys(
    [
      { keys: 's r', text: 'home.ready', run: () => change.mutate({ state: 'ready' }) },
      {
        keys: 's b',
        text: 'reason.not-ready.break',
        run: () => change.mutate({ state: 'not-ready', reason: 'break' }),
      },
    ],
    { active: me !== undefined && me.state !== 'logged-out' },
  )
  return {
    me,
    busy: change.isPending || finish.isPending || enter.isPending,
    enter: () => enter.mutate(),
    ask: (state, reason) => change.mutate({ state, ...(reason ? { reason } : {}) }),
    leave: () => change.mutate({ state: 'logged-out' }, { onSuccess: () => void phone.letGo() }),
    endWrapUp: () => finish.mutate(),
  }
}
