/** One complaint: what was said, what is due and how that is reckoned, and every next step. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useParams } from 'wouter'
import {
  complaintFile,
  complaintFilesQuery,
  complaintQuery,
  complaintWordsQuery,
  type Whole,
} from '@/api/complaints'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { whoOf } from '@/format/who'
import { bytes } from '@/screens/chats/unread'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Authority } from './Authority'
import { Clocks } from './Clocks'
import { Decision } from './Decision'
import { Departments } from './Departments'
import { DueWords } from './DueWords'
import { More } from './More'
import { aboutWhom } from './moves'
import { Next } from './Next'
import { Notices } from './Notices'
import { Outside } from './Outside'
import type { PartProps } from './part'
import { Timing } from './Timing'

export default function Complaint() {
  const spoken = useTexts()
  const { t, word, language } = spoken
  const me = useMe()
  const { id } = useParams<{ id: string }>()
  const { data: one, error } = useQuery(complaintQuery(id))
  const { data: words } = useQuery(complaintWordsQuery)
  if (error && !one) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!one || !words) return <p className="notice">{t('app.loading')}</p>
  const handles = me.role === 'lead' || me.role === 'compliance'
  const { row } = one
  const severity = words.severities.find((each) => each.code === row.severity)
  const parts = { one, words, handles }
  return (
    <>
      <p>
        <Anchor href="/complaints">{t('app.back')}</Anchor>
      </p>
      <div className="row headed">
        <h1>{t('complaint.one', { id: row.id })}</h1>
        <Badge tone="accent">{word('complaint.state', row.state)}</Badge>
        {row.round > 1 && <Badge tone="warn">{t('complaint.round')}</Badge>}
        {severity && <Badge>{inLanguage(severity, language)}</Badge>}
        <DueWords lastDay={row.next_last_day} />
      </div>
      <div className="conversation detail">
        <div className="column">
          <Facts {...parts} />
          <Clocks clocks={one.clocks} />
          <History one={one} />
        </div>
        <div className="column">
          <Next key={`${row.state}${row.handler}`} {...parts} />
          <Decision key={`decision${row.state}`} {...parts} />
          <Notices key={`notices${row.state}`} {...parts} />
          <Authority key={`authority${one.version}`} {...parts} />
          <Outside {...parts} />
          <Departments {...parts} />
          <Timing {...parts} />
          <More {...parts} />
        </div>
      </div>
    </>
  )
}

function Facts({ one, words }: PartProps) {
  const { t, word, language } = useTexts()
  const { row, proxy, joint } = one
  const door = words.doors.find((each) => each.code === row.door)
  const subjects = words.subjects.filter((each) => row.subjects.includes(each.code))
  const refusal = words.refusals.find((each) => each.code === one.refusal)
  const joined = [...(one.joined_to ? [one.joined_to] : []), ...one.joined]
  const facts: [string, string][] = [
    [t('complaint.who'), row.anonymous ? t('complaint.who.anonymous') : one.name],
    [t('case.holder'), row.holder ?? ''],
    [t('complaint.phone'), one.reach.phone],
    [t('complaint.email'), one.reach.email],
    [t('complaint.address'), one.reach.address],
    [
      t('complaint.received'),
      `${moment(row.received_at, language)} ${door ? inLanguage(door, language) : row.door}`,
    ],
    [
      t('complaint.transfer'),
      one.arrivals
        .map((each) => each.reference)
        .filter(Boolean)
        .join(t('app.and')),
    ],
    [t('complaint.handler'), row.handler ?? t('complaint.nobody')],
    [t('complaint.refuse.reason'), refusal ? inLanguage(refusal, language) : one.refusal],
    [t('complaint.interested'), one.interested.join(t('app.and'))],
    [
      t('complaint.subjects'),
      subjects.map((each) => inLanguage(each, language)).join(t('app.and')),
    ],
    [t('complaint.persons'), one.persons.join(t('app.and'))],
    [
      t('complaint.joint'),
      joint
        ? t('complaint.joint.people', {
            count: joint.people,
            who: joint.representatives.join(t('app.and')),
          })
        : '',
    ],
  ]
  return (
    <Panel title={t('case.facts')}>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="figures">{value}</dd>
              </div>
            ),
        )}
        {proxy && (
          <div>
            <dt>{t('complaint.proxy')}</dt>
            <dd>
              {proxy.name}{' '}
              {proxy.lacks.length > 0 && (
                <span className="warn">
                  {t('complaint.proxy.lacks')}{' '}
                  {proxy.lacks.map((code) => word('complaint.lacks', code)).join(t('app.and'))}
                </span>
              )}
            </dd>
          </div>
        )}
        {joined.length > 0 && (
          <div>
            <dt>{t(one.joined_to ? 'complaint.joined.into' : 'complaint.joined.here')}</dt>
            <dd className="row figures">
              {joined.map((id) => (
                <Anchor key={id} href={`/complaints/${id}`}>
                  {id}
                </Anchor>
              ))}
            </dd>
          </div>
        )}
        {one.interaction && (
          <div>
            <dt>{t('tasks.from')}</dt>
            <dd>
              <Anchor href={`/interactions/${one.interaction}`}>{t('tasks.contact')}</Anchor>
            </dd>
          </div>
        )}
      </dl>
      <Attached id={row.id} />
      <h3>{t('complaint.statement')}</h3>
      <p className="text quote">{one.statement}</p>
      <h3>{t('complaint.demand')}</h3>
      <p className={one.demand ? 'text' : 'quiet'}>{one.demand || t('complaint.demand.none')}</p>
      {one.facts.map((fact) => (
        <div key={fact.id}>
          <h3>
            {t('complaint.facts')} <span className="quiet">{moment(fact.at, language)}</span>
          </h3>
          <p className="text">{fact.text}</p>
        </div>
      ))}
    </Panel>
  )
}

/** What came with it; who opens one is journaled. */
function Attached({ id }: { id: string }) {
  const { t } = useTexts()
  const { data: files } = useQuery(complaintFilesQuery(id))
  if (!files || files.length === 0) return null
  return (
    <>
      <h3>{t('complaint.files')}</h3>
      <ul className="list">
        {files.map((file) => (
          <li key={file.id}>
            <a href={complaintFile(id, file.id)} download={file.name}>
              {file.name} <span className="quiet">{bytes(file.bytes)}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

function History({ one }: { one: Whole }) {
  const { t, word, language } = useTexts()
  return (
    <Panel title={t('complaint.history')}>
      <ol className="list">
        {one.steps.map((step, index) => (
          <li key={index}>
            <time className="quiet figures" dateTime={step.at}>
              {moment(step.at, language)}
            </time>{' '}
            <strong>{word('kind', step.kind)}</strong>{' '}
            {aboutWhom(step) && <span className="figures">{aboutWhom(step)} </span>}
            {typeof step.body.step === 'string' && word('kind', step.body.step)}{' '}
            {typeof step.body.fate === 'string' && word('complaint.fate', step.body.fate)}{' '}
            <span className="quiet">{whoOf(step.by, word)}</span>
            {typeof step.body.text === 'string' && step.kind !== 'complaint.received' && (
              <div className="text quiet">{step.body.text}</div>
            )}
            {step.kind === 'letter.withdrawn' && typeof step.body.reason === 'string' && (
              <div className="text quiet">{step.body.reason}</div>
            )}
            {step.reasons.length > 0 && (
              <div className="warn">
                {step.reasons.map((each) => inLanguage(each, language)).join(t('app.and'))}
              </div>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
