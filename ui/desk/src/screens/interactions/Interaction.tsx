/** One conversation whole: what happened, who was there, its recording. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useParams } from 'wouter'
import { interactionQuery, type Whole } from '@/api/interactions'
import { lettersInOfQuery } from '@/api/post'
import { sentence } from '@/api/sentences'
import type { Role } from '@/api/session'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { clock, day, moment } from '@/format/format'
import { useTexts } from '@/texts'
import { Recording } from './Recording'
import { Timeline } from './Timeline'

/** Doors behind which people talk; what was written has neither a recording nor parties. */
const SPOKEN = ['phone', 'callback', 'campaign']

export default function Interaction() {
  const spoken = useTexts()
  const { t } = spoken
  const me = useMe()
  const { id } = useParams<{ id: string }>()
  const { data, error } = useQuery(interactionQuery(id))
  if (error) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="notice">{t('app.loading')}</p>
  const listens = me.role !== 'agent' && me.role !== 'administrator'
  return (
    <>
      <p>
        <Anchor href="/interactions">{t('contacts.title')}</Anchor>
      </p>
      <h1>{t('contact.title')}</h1>
      <div className="conversation detail">
        <div className="column">
          <Facts whole={data} />
          <Scans whole={data} />
          {SPOKEN.includes(data.door) && (
            <>
              <Panel title={t('contact.recording')}>
                {data.recording === null && <p className="quiet">{t('contact.recording.none')}</p>}
                {data.recording && (
                  <Recording id={data.id} seconds={data.recording.seconds} may={listens} />
                )}
              </Panel>
              <Legs legs={data.legs} />
            </>
          )}
        </div>
        <div className="column">
          <Timeline lines={data.timeline} />
        </div>
      </div>
    </>
  )
}

function Facts({ whole }: { whole: Whole }) {
  const { t, word, language } = useTexts()
  const { role } = useMe()
  const beside = wordsOf(whole, role)
  return (
    <Panel title={t('contact.facts')}>
      <dl className="facts">
        <dt>{t('contacts.when')}</dt>
        <dd>{moment(whole.opened_at, language)}</dd>
        <dt>{t('contacts.door')}</dt>
        <dd>{word('door', whole.door)}</dd>
        {whole.from && (
          <>
            <dt>{t('contacts.number')}</dt>
            <dd className="figures">{whole.from}</dd>
          </>
        )}
        <dt>{t('contact.language')}</dt>
        <dd>{whole.language ? word('speech', whole.language) : t('app.unknown')}</dd>
        {whole.holder && (
          <>
            <dt>{t('contact.holder')}</dt>
            <dd>{whole.holder}</dd>
          </>
        )}
        {whole.outcome && (
          <>
            <dt>{t('contact.outcome')}</dt>
            <dd>{word('outcome', whole.outcome)}</dd>
          </>
        )}
        {beside && (
          <>
            <dt>{t('contact.words')}</dt>
            <dd>
              <Anchor href={beside}>
                {t(whole.door === 'chat' ? 'contact.chat' : 'contact.letter')}
              </Anchor>
            </dd>
          </>
        )}
        {whole.continues && (
          <>
            <dt>{t('contact.continues')}</dt>
            <dd>
              <Anchor href={`/interactions/${whole.continues}`}>{whole.continues}</Anchor>
            </dd>
          </>
        )}
      </dl>
      <p className={whole.journal.intact ? 'quiet' : 'bad'}>
        {whole.journal.intact
          ? t('contact.journal.intact', { count: whole.journal.entries })
          : t('contact.journal.broken')}
      </p>
    </Panel>
  )
}

/** Where what was written stands, for those who may read it there. */
function wordsOf(whole: Whole, role: Role): string | null {
  if (whole.door === 'chat' && role !== 'agent' && role !== 'administrator')
    return `/chats/${whole.id}`
  if (whole.door === 'message' && (role === 'agent' || role === 'lead'))
    return `/messages/${whole.id}`
  return null
}

/** The scans of a letter that came, for those who may look at them. */
function Scans({ whole }: { whole: Whole }) {
  const { t, language } = useTexts()
  const { role } = useMe()
  const reads = whole.door === 'letter' && (role === 'agent' || role === 'lead')
  const { data: letters } = useQuery({ ...lettersInOfQuery(whole.id), enabled: reads })
  if (!letters || letters.length === 0) return null
  return (
    <Panel title={t('post.in.files')}>
      <ul className="list">
        {letters.map((one) => (
          <li key={one.id}>
            <Anchor href={`/letters/in/${one.id}`}>
              {one.subject} <span className="quiet">{day(one.received_on, language)}</span>
            </Anchor>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Legs({ legs }: { legs: Whole['legs'] }) {
  const { t } = useTexts()
  return (
    <Panel title={t('contact.legs')}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('contact.leg.target')}</th>
            <th scope="col">{t('contact.leg.rang')}</th>
            <th scope="col">{t('contact.leg.answered')}</th>
            <th scope="col">{t('contact.leg.ended')}</th>
          </tr>
        </thead>
        <tbody>
          {legs.map((one) => (
            <tr key={one.leg}>
              <th scope="row">{one.agent ?? one.target}</th>
              <td>{clock(one.dialled_at)}</td>
              <td>{one.answered_at && clock(one.answered_at)}</td>
              <td>{one.ended_at && clock(one.ended_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
