/** One letter that came, with its scans; who looks is journaled. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useParams } from 'wouter'
import { letterInQuery, letterScan } from '@/api/post'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { Panel } from '@/app/Panel'
import { day, moment } from '@/format/format'
import { bytes } from '@/screens/chats/unread'
import { useTexts } from '@/texts'

export default function LetterIn() {
  const spoken = useTexts()
  const { t, language } = spoken
  const { id } = useParams<{ id: string }>()
  const { data: one, error } = useQuery(letterInQuery(id))
  if (error && !one) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!one) return <p className="notice">{t('app.loading')}</p>
  const facts: [string, string][] = [
    [t('post.in.received'), day(one.received_on, language)],
    [t('post.in.who'), one.sender],
    [t('case.holder'), one.holder ?? t('app.unknown')],
    [t('post.in.number'), one.posting],
    [t('post.in.by'), `${one.scanned_by} ${moment(one.at, language)}`],
  ]
  return (
    <>
      <p>
        <Anchor href="/letters">{t('app.back')}</Anchor>
      </p>
      <div className="row headed">
        <h1>{one.subject}</h1>
        {one.box === 'complaints' && <Badge tone="warn">{t('emails.box')}</Badge>}
        {one.taken && <Badge tone="good">{t('post.in.taken')}</Badge>}
      </div>
      <div className="column">
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
          </dl>
          <Anchor href={`/interactions/${one.interaction}`}>{t('tasks.contact')}</Anchor>
        </Panel>
        <Panel title={t('post.in.files')}>
          <ul className="list">
            {one.scans.map((file) => (
              <li key={file.id}>
                <a href={letterScan(one.id, file.id)} download={file.name}>
                  {file.name} <span className="quiet">{bytes(file.bytes)}</span>
                </a>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </>
  )
}
