/** What somebody answers, kept as it is typed; a repeat of the same answer is harmless. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { discard, useDraft } from '@/drafts/drafts'
import { composes } from '@/keys/map'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { gateReasons } from './states'

interface Props {
  /** What the draft belongs to. */
  about: string
  hint: string
  /** What is said once it is on its way. */
  sent: string
  most: number
  send: (body: { text: string; key: string }) => Promise<unknown>
  onSent: () => Promise<void> | void
}

export function Answer({ about, hint, sent, most, send, onSent }: Props) {
  const { t } = useTexts()
  const [text, setText] = useDraft(about, 'answer', '')
  const [key, setKey] = useState(() => crypto.randomUUID())
  const answer = useMutation({
    mutationFn: () => send({ text, key }),
    onSuccess: async () => {
      discard(about)
      setText('')
      setKey(crypto.randomUUID())
      await onSent()
    },
  })
  const submit = () => {
    if (text.trim() && !answer.isPending) answer.mutate()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.ctrlKey && !composes(event.nativeEvent)) submit()
      }}
    >
      <NotSent error={answer.error} />
      {answer.isSuccess && !text && <Alert type="success" role="status" title={sent} />}
      <p className="field">
        <label htmlFor="written-answer">{t('letters.answer.text')}</label>
        <Input.TextArea
          id="written-answer"
          rows={8}
          maxLength={most}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="quiet">{hint}</span>
      </p>
      <Button type="primary" htmlType="submit" loading={answer.isPending} disabled={!text.trim()}>
        {t('letters.answer')} <kbd>{'Ctrl + Enter'}</kbd>
      </Button>
    </form>
  )
}

/** Why it did not go: where the gate held it, every reason. */
function NotSent({ error }: { error: unknown }) {
  const { t } = useTexts()
  const reasons = gateReasons(error)
  if (reasons.length === 0) return <Failure error={error} />
  return (
    <Alert
      type="warning"
      role="alert"
      title={t('post.maynot')}
      description={<GateReasons codes={reasons} />}
    />
  )
}

export function GateReasons({ codes }: { codes: readonly string[] }) {
  const { word } = useTexts()
  return (
    <ul className="why">
      {codes.map((code) => (
        <li key={code}>{word('gate', code)}</li>
      ))}
    </ul>
  )
}
