/** Holders' requests to erase: what was erased, what stays and why; and what is due by itself. */
import { useQuery } from '@tanstack/react-query'
import { eraseDueQuery, eraseRequestsQuery, type EraseRequest } from '@/api/evidence'
import { sentence } from '@/api/sentences'
import { Badge, type Tone } from '@/app/Badge'
import { Panel } from '@/app/Panel'
import { Bars, barsOf } from '@/format/Bars'
import { count, day, moment } from '@/format/format'
import { useTexts } from '@/texts'

const TONE: Record<EraseRequest['state'], Tone> = {
  waiting: 'accent',
  withdrawn: 'quiet',
  done: 'good',
}

export function Erasures() {
  return (
    <div className="column">
      <Requests />
      <Due />
    </div>
  )
}

function Requests() {
  const spoken = useTexts()
  const { t, language } = spoken
  const { data: requests, error } = useQuery(eraseRequestsQuery)
  return (
    <Panel title={t('erase.title')}>
      <p className="quiet">{t('erase.what')}</p>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!requests && !error && <p className="quiet">{t('app.loading')}</p>}
      {requests?.length === 0 && <p className="quiet">{t('erase.none')}</p>}
      {requests && requests.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('case.holder')}</th>
              <th scope="col">{t('erase.asked')}</th>
              <th scope="col">{t('erase.state')}</th>
              <th scope="col">{t('erase.erased')}</th>
              <th scope="col">{t('erase.kept')}</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((one) => (
              <tr key={one.id}>
                <th scope="row" className="figures">
                  {one.holder}
                </th>
                <td className="nowrap">{moment(one.asked_at, language)}</td>
                <td>
                  <Badge tone={TONE[one.state]}>{t(`erase.state.${one.state}`)}</Badge>
                  <div className="quiet">
                    {one.state === 'waiting' && t('erase.due', { day: day(one.due_at, language) })}
                    {one.done_at && moment(one.done_at, language)}
                  </div>
                </td>
                <td>
                  <Erased request={one} />
                </td>
                <td>
                  <Kept request={one} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Erased({ request }: { request: EraseRequest }) {
  const { t, word, language } = useTexts()
  const erased = Object.entries(request.erased)
  if (request.state !== 'done') return null
  if (erased.length === 0) return <span className="quiet">{t('erase.erased.none')}</span>
  return (
    <ul className="why">
      {erased.map(([kind, figure]) => (
        <li key={kind}>
          {word('erase.kind', kind)} {count(figure, language)}
        </li>
      ))}
    </ul>
  )
}

function Kept({ request }: { request: EraseRequest }) {
  const { t, word, language } = useTexts()
  const kept = Object.entries(request.kept)
  if (request.state !== 'done') return null
  if (kept.length === 0) return <span className="quiet">{t('erase.kept.none')}</span>
  return (
    <ul className="why">
      {kept.map(([code, until]) => (
        <li key={code}>
          {word('erase.reason', code)}
          {until && t('erase.until', { day: day(until, language) })}
        </li>
      ))}
    </ul>
  )
}

function Due() {
  const spoken = useTexts()
  const { t, word, language } = spoken
  const { data, error } = useQuery(eraseDueQuery)
  const due = barsOf(data?.due ?? {}, (kind) => word('erase.kind', kind))
  return (
    <Panel title={t('erase.due.title')}>
      <p className="quiet">{t('erase.due.what')}</p>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!data && !error && <p className="quiet">{t('app.loading')}</p>}
      {data && due.length === 0 && <p className="quiet">{t('erase.due.none')}</p>}
      {due.length > 0 && <Bars label={t('erase.due.title')} bars={due} />}
      {data && data.kept.length > 0 && (
        <>
          <h3 className="apart">{t('erase.old')}</h3>
          <ul className="why">
            {data.kept.map((one) => (
              <li key={`${one.kind} ${one.reason}`}>
                {word('erase.kind', one.kind)} {count(one.count, language)}
                {t('app.and')}
                {word('erase.reason', one.reason)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  )
}
