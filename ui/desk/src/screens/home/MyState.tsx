/** What I do now, why no call comes, and what I may change. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Messages, Button, Dropdown } from 'antd'
import { endWrapUp, myStateQuery, NOT_READY, setMyState, type Wish } from '@/api/routing'
import { sentence } from '@/api/sentences'
import { phone } from '@/app/parts'
import { Since, Until } from '@/format/Since'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'

export function MyState() {
  const spoken = useTexts()
  const { t, word } = spoken
  const { message } = Messages.useApp()
  const queries = useQueryClient()
  const { data: me } = useQuery(myStateQuery)
  const change = useMutation({
    mutationFn: ({ state, reason }: { state: Wish; reason?: string }) =>
      setMyState(state, reason ?? ''),
    onSuccess: (view) => queries.setQueryData(myStateQuery.queryKey, view),
    onError: (error) => void message.error(sentence(error, spoken)),
  })
  const enter = useMutation({
    mutationFn: async () => setMyState('logged-in', '', await phone.take()),
    onSuccess: (view) => queries.setQueryData(myStateQuery.queryKey, view),
    onError: (error) => void message.error(sentence(error, spoken)),
  })
  const finish = useMutation({
    mutationFn: endWrapUp,
    onSuccess: (view) => queries.setQueryData(myStateQuery.queryKey, view),
    onError: (error) => void message.error(sentence(error, spoken)),
  })
  const out = me?.state === 'logged-out'
  useKeys(
    [
      { keys: 's r', text: 'home.ready', run: () => change.mutate({ state: 'ready' }) },
      {
        keys: 's b',
        text: 'reason.not-ready.break',
        run: () => change.mutate({ state: 'not-ready', reason: 'break' }),
      },
    ],
    { active: me !== undefined && !out },
  )
  if (me === undefined) return null
  const busy = change.isPending || finish.isPending || enter.isPending
  const leave = () =>
    change.mutate({ state: 'logged-out' }, { onSuccess: () => void phone.letGo() })
  return (
    <section className="panel" aria-labelledby="my-state">
      <h2 id="my-state">{t('home.me')}</h2>
      <p className="row">
        <strong className={`state ${me.state}`}>{word('state', me.state)}</strong>
        {me.since && (
          <span className="quiet">
            <Since at={me.since} />
          </span>
        )}
        {me.state === 'wrap-up' && me.until && (
          <span className="quiet">
            <Until at={me.until} />
          </span>
        )}
        {me.then && (
          <span className="quiet">{t('home.then', { state: word('state', me.then) })}</span>
        )}
      </p>
      {me.reasons.length > 0 && !out && (
        <p className="quiet">
          {t('home.why')} {me.reasons.map((one) => word('reason', one.code)).join(' · ')}
        </p>
      )}
      <div className="row">
        {out ? (
          <>
            <Button type="primary" loading={busy} onClick={() => enter.mutate()}>
              {t('home.login')}
            </Button>
            <Button loading={busy} onClick={() => change.mutate({ state: 'logged-in' })}>
              {t('home.login.desk')}
            </Button>
          </>
        ) : (
          <>
            {me.state === 'wrap-up' && (
              <Button loading={busy} onClick={() => finish.mutate()}>
                {t('home.wrapup.end')}
              </Button>
            )}
            <Button
              type="primary"
              loading={busy}
              disabled={me.state === 'ready'}
              onClick={() => change.mutate({ state: 'ready' })}
            >
              {t('home.ready')}
            </Button>
            <Dropdown
              trigger={['click']}
              menu={{
                items: NOT_READY.map((reason) => ({
                  key: reason,
                  label: word('reason', `not-ready.${reason}`),
                  onClick: () => change.mutate({ state: 'not-ready', reason }),
                })),
              }}
            >
              <Button aria-haspopup="menu" disabled={busy}>
                {t('home.notready')}
              </Button>
            </Dropdown>
            <Button disabled={busy} onClick={leave}>
              {t('home.logout')}
            </Button>
          </>
        )}
      </div>
    </section>
  )
}
