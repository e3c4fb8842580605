/** Where the caller's typing stands: never what was typed. */
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { myCallQuery } from '@/api/calls'
import { useTexts } from '@/texts'

const TONE = { waiting: 'info', correct: 'success', wrong: 'error', cancelled: 'warning' } as const

export function EntryState() {
  const { t, word } = useTexts()
  const { data: call } = useQuery(myCallQuery)
  const entry = call?.entry
  if (!entry) return null
  return (
    <div aria-live="polite">
      <Alert
        type={TONE[entry.state]}
        title={t(`phone.entry.${entry.state}`, { what: word('phone.entry', entry.what) })}
      />
    </div>
  )
}
