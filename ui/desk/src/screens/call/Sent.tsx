/** The last messages to the holder, as they left; secrets in them are masked. */
import type { ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'

export function Sent({ messages }: { messages: ScreenView['messages'] }) {
  const { t, word, language } = useTexts()
  if (messages.length === 0) return null
  return (
    <Panel title={t('call.messages')}>
      <ul className="list">
        {messages.map((one) => (
          <li key={one.id}>
            <span className="quiet">
              {moment(one.at, language)} {word('sms.state', one.state)}
            </span>
            <div className="text">{one.text}</div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
