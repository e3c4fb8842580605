/** Messages that holders wrote on their own pages: due soonest first, read and answered. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { Link as Anchor, useParams } from 'wouter'
import { answerLetter, letterFile, letterQuery, lettersQuery } from '@/api/letters'
import { sentence } from '@/api/sentences'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { deadline, moment } from '@/format/format'
import { serverNow } from '@/live/clock'
import { bytes } from '@/screens/chats/unread'
import { Doors } from '@/screens/post/Doors'
import { Elsewhere } from '@/screens/post/Elsewhere'
import { useTexts } from '@/texts'

export default function Letters() {
  const spoken = useTexts()
  const { t, language } = spoken
  const { message } = useParams<{ message?: string }>()
  const { data: waiting, error } = useQuery(lettersQuery)
  return (
    <>
      <h1>{t('nav.letters')}</h1>
      <Doors here="messages" />
      <div className="conversation detail">
        <Panel title={t('letters.waiting')}>
          {error && <p className="bad">{sentence(error, spoken)}</p>}
          {waiting?.length === 0 && <p className="quiet">{t('letters.none')}</p>}
          <ul className="list">
            {waiting?.map((one) => (
              <li key={one.id}>
                <Anchor
                  href={`/messages/${one.id}`}
                  className="chat-line"
                  aria-current={one.id === message ? 'page' : undefined}
                >
                  <strong>{one.subject}</strong>
                  {one.due_at && (
                    <span className={Date.parse(one.due_at) < serverNow() ? 'bad' : 'quiet'}>
                      {' '}
                      {t('case.due')} {deadline(one.due_at, language)}
                    </span>
                  )}
                </Anchor>
              </li>
            ))}
          </ul>
        </Panel>
        {message && <Letter key={message} id={message} />}
      </div>
    </>
  )
}

function Letter({ id }: { id: string }) {
  const spoken = useTexts()
  const { t, language } = spoken
  const { data, error } = useQuery(letterQuery(id))
  const about = `letter ${id}`
  const [text, setText] = useDraft(about, 'answer', '')
  const answer = useMutation({
    mutationFn: () => answerLetter(id, text),
    onSuccess: async () => {
      discard(about)
      setText('')
      await queries.invalidateQueries({ queryKey: ['letters'] })
    },
  })
  if (error && !data)
    return (
      <Elsewhere interaction={id}>
        <p className="bad">{sentence(error, spoken)}</p>
      </Elsewhere>
    )
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  return (
    <Panel title={data.subject}>
      <p className="row">
        <span className="quiet">
          {t('case.holder')} {data.holder}
        </span>
        <Anchor href={`/interactions/${data.id}`}>{t('tasks.contact')}</Anchor>
      </p>
      {data.lines.map((line) => (
        <div key={line.id} className={`message ${line.by === 'bank' ? 'agent' : 'holder'}`}>
          <div className="quiet">
            {t(`letters.by.${line.by}`)} {line.who} {moment(line.at, language)}
          </div>
          <div className="text">{line.text}</div>
          {line.files.map((file) => (
            <p key={file.id}>
              <a href={letterFile(data.id, file.id)} download={file.name}>
                {file.name} <span className="quiet">{bytes(file.bytes)}</span>
              </a>
            </p>
          ))}
        </div>
      ))}
      {answer.isError && <Alert type="error" role="alert" title={sentence(answer.error, spoken)} />}
      {answer.isSuccess && !text && (
        <Alert type="success" role="status" title={t('letters.sent')} />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          answer.mutate()
        }}
      >
        <p className="field">
          <label htmlFor="letter-answer">{t('letters.answer.text')}</label>
          <Input.TextArea
            id="letter-answer"
            rows={6}
            maxLength={4000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <span className="quiet">{t('letters.answer.hint')}</span>
        </p>
        <Button type="primary" htmlType="submit" loading={answer.isPending} disabled={!text.trim()}>
          {t('letters.answer')}
        </Button>
      </form>
    </Panel>
  )
}
