/** What I do now, why no call comes, and what I may change. */
import { Button } from 'antd'
import { Since, Until } from '@/format/Since'
import { useTexts } from '@/texts'
import { StateButtons } from './StateButtons'
import { useMyState } from './useMyState'

export function MyState() {
  const { t, word } = useTexts()
  const my = useMyState()
  const { me, busy } = my
  if (me === undefined) return null
  const out = me.state === 'logged-out'
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
          {t('home.why', {
            reasons: me.reasons.map((one) => word('reason', one.code)).join(' · '),
          })}
        </p>
      )}
      <div className="row">
        {out ? (
          <>
            <Button type="primary" loading={busy} onClick={my.enter}>
              {t('home.login')}
            </Button>
            <Button loading={busy} onClick={() => my.ask('logged-in')}>
              {t('home.login.desk')}
            </Button>
          </>
        ) : (
          <>
            <StateButtons my={my} />
            <Button disabled={busy} onClick={my.leave}>
              {t('home.logout')}
            </Button>
          </>
        )}
      </div>
    </section>
  )
}
