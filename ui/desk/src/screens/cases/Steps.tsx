/** What can be done with a case now; the server says where a step does not fit. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { closeCase, takeCase, writeOnCase, type CaseView } from '@/api/cases'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { Failure, Refused } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { Decide } from './Decide'

/** Characters, as the server counts them. */
const LEAST = { note: 1, answer: 15, withdraw: 4 } as const

export function Steps({ one }: { one: CaseView }) {
  const { t, word } = useTexts()
  const me = useMe()
  const simple = useMutation({
    mutationFn: (what: 'take' | 'close') =>
      what === 'take' ? takeCase(one.id) : closeCase(one.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['cases'] }),
  })
  const ended = one.state === 'closed' || one.state === 'withdrawn'
  const mine = one.owner === me.number
  const takes = !ended && !mine && (one.owner === null || me.role === 'lead')
  return (
    <Panel title={t('case.next')}>
      <p>{word('case.next', one.state)}</p>
      <Failure error={simple.error} />
      {simple.data && !simple.data.allowed && <Refused verdict={simple.data.verdict} />}
      <p className="row">
        {takes && (
          <Button type="primary" loading={simple.isPending} onClick={() => simple.mutate('take')}>
            {t('case.take')}
          </Button>
        )}
        {one.state === 'answered' && (
          <Button type="primary" loading={simple.isPending} onClick={() => simple.mutate('close')}>
            {t('case.close')}
          </Button>
        )}
      </p>
      {one.state === 'taken' && <Decide one={one} />}
      {one.state === 'decided' && <Write one={one} what="answer" />}
      {!ended && <Write one={one} what="note" />}
      {(one.state === 'open' || one.state === 'taken') && <Withdraw one={one} />}
    </Panel>
  )
}

function Withdraw({ one }: { one: CaseView }) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  if (open) return <Write one={one} what="withdraw" />
  return (
    <Button size="small" onClick={() => setOpen(true)}>
      {t('case.withdraw')}
    </Button>
  )
}

function Write({ one, what }: { one: CaseView; what: 'note' | 'answer' | 'withdraw' }) {
  const { t } = useTexts()
  const about = `case ${one.id}`
  const [text, setText] = useDraft(about, what, '')
  const write = useMutation({
    mutationFn: () => writeOnCase(one.id, what, text),
    onSuccess: async (told) => {
      if (!told.allowed) return
      discard(about, what)
      setText('')
      await queries.invalidateQueries({ queryKey: ['cases'] })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        write.mutate()
      }}
    >
      <Failure error={write.error} />
      {write.data && !write.data.allowed && <Refused verdict={write.data.verdict} />}
      {write.data && write.data.masked.length > 0 && (
        <Alert type="warning" role="status" title={t('call.note.masked')} />
      )}
      <p className="field">
        <label htmlFor={`case-${what}`}>{t(`case.${what}.text`)}</label>
        <Input.TextArea
          id={`case-${what}`}
          rows={what === 'answer' ? 4 : 2}
          maxLength={2000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {what !== 'note' && (
          <span className="quiet">{t('case.least', { count: LEAST[what] })}</span>
        )}
      </p>
      <Button
        htmlType="submit"
        type={what === 'answer' ? 'primary' : 'default'}
        loading={write.isPending}
        disabled={text.trim().length < LEAST[what]}
      >
        {t(`case.${what}`)}
      </Button>
    </form>
  )
}
