/** For those who watch over the service: how today goes, what came in last, who there is. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link as Anchor } from 'wouter'
import { interactionsQuery } from '@/api/interactions'
import { staffQuery } from '@/api/staff'
import { wallQuery } from '@/api/wall'
import { Panel } from '@/app/Panel'
import { moment, percent } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

const FEW = 8

export function Today() {
  const { t } = useTexts()
  const { data: wall } = useQuery(wallQuery)
  const today = wall?.today.find((one) => one.queue === '')
  const none = t('wall.none')
  const figures: [string, string][] = [
    [t('wall.answered'), String(today?.answered ?? 0)],
    [t('wall.level.today'), percent(today?.service_level ?? null, none)],
    [t('wall.abandoned'), percent(today?.abandon_rate ?? null, none)],
    [t('wall.danger'), String(wall?.danger.length ?? 0)],
  ]
  return (
    <Panel title={t('home.today')} extra={<Anchor href="/wall">{t('nav.wall')}</Anchor>}>
      <dl className="facts">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

export function Latest() {
  const { t, word, language } = useTexts()
  const { data } = useInfiniteQuery(interactionsQuery({}))
  const found = data?.pages[0]?.slice(0, FEW)
  return (
    <Panel
      title={t('home.contacts')}
      extra={<Anchor href="/interactions">{t('contacts.title')}</Anchor>}
    >
      {found?.length === 0 && <p className="quiet">{t('contacts.none')}</p>}
      <ul className="list">
        {found?.map((one) => (
          <li key={one.id}>
            <Anchor href={`/interactions/${one.id}`}>{moment(one.opened_at, language)}</Anchor>{' '}
            {word('door', one.door)} {one.matter && inLanguage(one.matter, language)}{' '}
            <span className="quiet">
              {one.result
                ? inLanguage(one.result, language)
                : one.outcome && word('outcome', one.outcome)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

export function People() {
  const { t, word } = useTexts()
  const { data: people } = useQuery(staffQuery)
  const roles = [...new Set(people?.map((one) => one.role))]
  return (
    <Panel title={t('nav.staff')} extra={<Anchor href="/staff">{t('home.people.all')}</Anchor>}>
      <dl className="facts">
        {roles.map((role) => (
          <div key={role}>
            <dt>{word('role', role)}</dt>
            <dd className="figures">{people?.filter((one) => one.role === role).length}</dd>
          </div>
        ))}
        <dt>{t('home.people.there')}</dt>
        <dd className="figures">
          {people?.filter((one) => one.state !== null && one.state !== 'logged-out').length}
        </dd>
      </dl>
    </Panel>
  )
}
