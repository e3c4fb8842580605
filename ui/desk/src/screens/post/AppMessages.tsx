/** Messages of the app and of the official account: read in their order, answered where they came. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useParams } from 'wouter'
import { answerAppMessage, appMessagesQuery, type AppMessage } from '@/api/post'
import { sentence } from '@/api/sentences'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { Answer } from './Answer'
import { Doors } from './Doors'
import { threadsOf } from './states'
import { DueBy } from './Waiting'

export default function AppMessages() {
  const spoken = useTexts()
  const { t, word } = spoken
  const { interaction } = useParams<{ interaction?: string }>()
  const { data: waiting, error } = useQuery(appMessagesQuery)
  const threads = threadsOf(waiting ?? [])
  const chosen = threads.find((one) => one.interaction === interaction)
  return (
    <>
      <h1>{t('appmessages.title')}</h1>
      <Doors here="app-messages" />
      <div className="conversation detail">
        <Panel title={t('letters.waiting')}>
          {error && <p className="bad">{sentence(error, spoken)}</p>}
          {!waiting && !error && <p className="quiet">{t('app.loading')}</p>}
          {waiting?.length === 0 && <p className="quiet">{t('appmessages.none')}</p>}
          <ul className="list">
            {threads.map(({ interaction: id, last, lines }) => (
              <li key={id}>
                <Anchor
                  href={`/app-messages/${id}`}
                  className="chat-line"
                  aria-current={id === interaction ? 'page' : undefined}
                >
                  <strong>{word('appmessages.account', last.account)}</strong>{' '}
                  {lines.length > 1 && t('appmessages.lines', { count: lines.length })}
                  <br />
                  <span className="oneline">{last.text}</span>{' '}
                  <DueBy at={lines[0]?.due_at ?? null} />
                </Anchor>
              </li>
            ))}
          </ul>
        </Panel>
        {interaction && waiting ? (
          <One key={interaction} id={interaction} lines={chosen?.lines ?? []} />
        ) : (
          <p className="quiet">{t('appmessages.pick')}</p>
        )}
      </div>
    </>
  )
}

function One({ id, lines }: { id: string; lines: readonly AppMessage[] }) {
  const { t, word, language } = useTexts()
  const [first] = lines
  return (
    <Panel title={first ? word('appmessages.account', first.account) : t('appmessages.answered')}>
      <p className="row">
        {first?.holder ? (
          <span>
            {t('case.holder')} {first.holder} <span className="quiet">{t('emails.claimed')}</span>
          </span>
        ) : (
          first && <span className="quiet">{t('appmessages.nobody')}</span>
        )}
        <Anchor href={`/interactions/${id}`}>{t('tasks.contact')}</Anchor>
      </p>
      {!first && <p className="quiet">{t('appmessages.over')}</p>}
      {lines.map((one) => (
        <div key={one.at} className="message holder">
          <div className="quiet">{moment(one.at, language)}</div>
          <div className="text">{one.text}</div>
        </div>
      ))}
      <Answer
        about={`app ${id}`}
        hint={t('appmessages.hint')}
        sent={t('appmessages.sent')}
        most={4000}
        send={(body) => answerAppMessage(id, body)}
        onSent={async () => {
          await queries.invalidateQueries({ queryKey: ['app-messages'] })
          await queries.invalidateQueries({ queryKey: ['tasks'] })
        }}
      />
    </Panel>
  )
}
