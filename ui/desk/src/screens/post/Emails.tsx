/** E-mails: those that wait, due soonest first, and those that are done; read and answered. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Messages, Button, Segmented } from 'antd'
import { useState } from 'react'
import { Link as Anchor, useParams } from 'wouter'
import {
  answerEmail,
  doneEmailsQuery,
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
import { Placing } from './Placing'
import { sendingTone, wentWrong } from './states'
import { DueBy } from './Waiting'

const LISTS = ['waiting', 'done'] as const

export default function Emails() {
  const { t } = useTexts()
  const { email } = useParams<{ email?: string }>()
  const [list, setList] = useState<(typeof LISTS)[number]>('waiting')
  return (
    <>
      <h1>{t('emails.title')}</h1>
      <Doors here="emails" />
      <div className="conversation detail">
        <Panel
          title={t(`emails.list.${list}`)}
          extra={
            <Segmented
              size="small"
              value={list}
              onChange={setList}
              options={LISTS.map((one) => ({ value: one, label: t(`emails.list.${one}`) }))}
            />
          }
        >
          <List which={list} chosen={email} />
        </Panel>
        {email ? <One key={email} id={email} /> : <p className="quiet">{t('emails.pick')}</p>}
      </div>
    </>
  )
}

function List({ which, chosen }: { which: (typeof LISTS)[number]; chosen: string | undefined }) {
  const spoken = useTexts()
  const { t, language } = spoken
  const waiting = useQuery({ ...emailsQuery, enabled: which === 'waiting' })
  const done = useQuery({ ...doneEmailsQuery, enabled: which === 'done' })
  const { data: found, error } = which === 'waiting' ? waiting : done
  return (
    <>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!found && !error && <p className="quiet">{t('app.loading')}</p>}
      {found?.length === 0 && (
        <p className="quiet">{t(which === 'waiting' ? 'emails.none' : 'emails.done.none')}</p>
      )}
      <ul className="list">
        {found?.map((one) => (
          <li key={one.id}>
            <Anchor
              href={`/emails/${one.id}`}
              className="chat-line"
              aria-current={one.id === chosen ? 'page' : undefined}
            >
              <strong>{one.subject || t('emails.nosubject')}</strong>{' '}
              {one.box === 'complaints' && <Badge tone="warn">{t('emails.box')}</Badge>}
              <br />
              <span className="quiet">
                {one.sender_name || one.sender || t('app.unknown')} {moment(one.at, language)}
              </span>{' '}
              <DueBy at={one.due_at} />
              <Ended mail={one} />
            </Anchor>
          </li>
        ))}
      </ul>
    </>
  )
}

/** When it was answered, or why it was closed. */
function Ended({ mail }: { mail: EmailHead }) {
  const { t, word, language } = useTexts()
  if (mail.answered_at)
    return (
      <span className="good">
        {t('emails.answered', { time: moment(mail.answered_at, language) })}
      </span>
    )
  if (!mail.closed_at || !mail.closed_for) return null
  return (
    <span className="quiet">
      {t('emails.closed', {
        time: moment(mail.closed_at, language),
        why: word('emails.close', mail.closed_for),
      })}
    </span>
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
      {data.closed_at && (
        <p>
          <Ended mail={data} />
        </p>
      )}
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
      <Placing mail={data} />
    </Panel>
  )
}

/** Who it claims to be from: an address proves nobody. */
function Who({ mail }: { mail: EmailHead }) {
  const { t, word } = useTexts()
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
        <p className="quiet">
          {mail.holder_proof &&
            t('emails.whose.said', {
              who: mail.holder_by ?? '',
              proof: word('emails.proof', mail.holder_proof),
            })}{' '}
          {t(
            mail.registered
              ? 'emails.registered'
              : mail.holder_proof
                ? 'emails.whose.weak'
                : 'emails.claimed',
          )}
        </p>
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
