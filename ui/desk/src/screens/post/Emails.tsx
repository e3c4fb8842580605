/** E-mails that wait for an answer: due soonest first, read, answered, and what became of it. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Messages, Button } from 'antd'
import { Link as Anchor, useParams } from 'wouter'
import {
  answerEmail,
  emailFile,
  emailQuery,
  emailsQuery,
  trustAddress,
  type Email,
  type EmailHead,
} from '@/api/post'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { bytes } from '@/screens/chats/unread'
import { useTexts } from '@/texts'
import { Answer } from './Answer'
import { Doors } from './Doors'
import { sendingTone, wentWrong } from './states'
import { DueBy } from './Waiting'

export default function Emails() {
  const spoken = useTexts()
  const { t, language } = spoken
  const { email } = useParams<{ email?: string }>()
  const { data: waiting, error } = useQuery(emailsQuery)
  return (
    <>
      <h1>{t('emails.title')}</h1>
      <Doors here="emails" />
      <div className="conversation detail">
        <Panel title={t('letters.waiting')}>
          {error && <p className="bad">{sentence(error, spoken)}</p>}
          {!waiting && !error && <p className="quiet">{t('app.loading')}</p>}
          {waiting?.length === 0 && <p className="quiet">{t('emails.none')}</p>}
          <ul className="list">
            {waiting?.map((one) => (
              <li key={one.id}>
                <Anchor
                  href={`/emails/${one.id}`}
                  className="chat-line"
                  aria-current={one.id === email ? 'page' : undefined}
                >
                  <strong>{one.subject || t('emails.nosubject')}</strong>{' '}
                  {one.box === 'complaints' && <Badge tone="warn">{t('emails.box')}</Badge>}
                  <br />
                  <span className="quiet">
                    {one.sender_name || one.sender || t('app.unknown')} {moment(one.at, language)}
                  </span>{' '}
                  <DueBy at={one.due_at} />
                </Anchor>
              </li>
            ))}
          </ul>
        </Panel>
        {email ? <One key={email} id={email} /> : <p className="quiet">{t('emails.pick')}</p>}
      </div>
    </>
  )
}

function One({ id }: { id: string }) {
  const spoken = useTexts()
  const { t, language } = spoken
  const { data, error } = useQuery(emailQuery(id))
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  return (
    <Panel title={data.subject || t('emails.nosubject')}>
      <Who mail={data} />
      <div className="message holder">
        <div className="quiet">
          {data.sender_name} {data.sender} {moment(data.at, language)}
        </div>
        <div className="text">{data.text || t('emails.notext')}</div>
        {data.files.map((file) => (
          <p key={file.id}>
            <a href={emailFile(id, file.id)} download={file.name}>
              {file.name} <span className="quiet">{bytes(file.bytes)}</span>
            </a>
          </p>
        ))}
        {data.refused.length > 0 && <Refused refused={data.refused} />}
      </div>
      <Answers mail={data} />
      {data.sender ? (
        <Answer
          about={`email ${id}`}
          hint={t('emails.answer.hint')}
          sent={t('emails.sent')}
          most={20_000}
          send={(body) =>
            answerEmail(id, body).then((told) => queries.setQueryData(['email', id], told))
          }
          onSent={async () => {
            await queries.invalidateQueries({ queryKey: ['emails'] })
            await queries.invalidateQueries({ queryKey: ['tasks'] })
          }}
        />
      ) : (
        <p className="warn">{t('emails.nosender')}</p>
      )}
    </Panel>
  )
}

/** Who it claims to be from: an address proves nobody. */
function Who({ mail }: { mail: EmailHead }) {
  const { t } = useTexts()
  return (
    <>
      <p className="row">
        {mail.holder ? (
          <span>
            {t('case.holder')} {mail.holder}
          </span>
        ) : (
          <span className="quiet">{t('emails.nobody')}</span>
        )}
        {mail.box === 'complaints' && <Badge tone="warn">{t('emails.box')}</Badge>}
        <DueBy at={mail.due_at} />
        {mail.interaction && (
          <Anchor href={`/interactions/${mail.interaction}`}>{t('tasks.contact')}</Anchor>
        )}
      </p>
      {mail.holder && (
        <p className="quiet">{t(mail.registered ? 'emails.registered' : 'emails.claimed')}</p>
      )}
    </>
  )
}

function Refused({ refused }: { refused: Email['refused'] }) {
  const { t, word } = useTexts()
  return (
    <>
      <p className="warn">{t('emails.refused')}</p>
      <ul className="why">
        {refused.map((one, index) => (
          <li key={index}>
            {one.name || t('emails.refused.rest')} {word('error', one.reason)}
          </li>
        ))}
      </ul>
    </>
  )
}

function Answers({ mail }: { mail: Email }) {
  const { t, word, language } = useTexts()
  const me = useMe()
  const { message } = Messages.useApp()
  const trust = useMutation({
    mutationFn: () => trustAddress(mail.sender),
    onSuccess: () => void message.success(t('emails.trusted')),
  })
  return (
    <>
      {mail.answers.map((one) => (
        <div key={one.id} className="message agent">
          <div className="row quiet">
            <span>
              {t('letters.by.bank')} {moment(one.at, language)}
            </span>
            <Badge tone={sendingTone(one.state)}>{word('post.sending', one.state)}</Badge>
            {one.sent_at && <span>{moment(one.sent_at, language)}</span>}
          </div>
          <strong>{one.subject}</strong>
          <div className="text">{one.text}</div>
        </div>
      ))}
      {mail.answers.some((one) => wentWrong(one.state)) && (
        <p className="row">
          <Button
            size="small"
            onClick={() => void queries.invalidateQueries({ queryKey: ['email', mail.id] })}
          >
            {t('post.look')}
          </Button>
          {me.role === 'lead' && mail.sender && (
            <Button size="small" loading={trust.isPending} onClick={() => trust.mutate()}>
              {t('emails.trust')}
            </Button>
          )}
        </p>
      )}
    </>
  )
}
