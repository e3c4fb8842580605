/** What the complainant does: adds something, takes it back, asks again, brings something new. */
import { useState } from 'react'
import { Button } from 'antd'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'
import type { PartProps } from './Complaint'
import { TextField, useTyped } from './fields'
import { StepForm, useOn } from './step'

const OPEN = ['received', 'accepted', 'awaiting', 'decided']
type What = 'facts' | 'withdraw' | 'reexamine' | 'reopen'

/** What may come from the complainant in a state. Pure. */
export function movesOf(state: string): readonly What[] {
  if (OPEN.includes(state)) return ['facts', 'withdraw']
  if (state === 'answered' || state === 'closed') return ['reexamine', 'reopen']
  return state === 'refused' ? ['reopen'] : []
}

export function More({ one }: PartProps) {
  const { t } = useTexts()
  const me = useMe()
  const [open, setOpen] = useState<What | null>(null)
  const moves = movesOf(one.row.state)
  if (moves.length === 0 || me.role === 'quality') return null
  return (
    <Panel title={t('complaint.more')}>
      <p className="row">
        {moves.map((what) => (
          <Button
            key={what}
            size="small"
            aria-expanded={open === what}
            onClick={() => setOpen(open === what ? null : what)}
          >
            {t(`complaint.${what}`)}
          </Button>
        ))}
      </p>
      {open && moves.includes(open) && <Form key={open} id={one.row.id} what={open} />}
    </Panel>
  )
}

const LABEL = {
  facts: 'complaint.facts.text',
  withdraw: 'complaint.withdraw.why',
  reexamine: 'complaint.reexamine.why',
  reopen: 'complaint.reopen.facts',
} as const

const PATH = {
  facts: 'facts',
  withdraw: 'withdraw',
  reexamine: 'reexamination',
  reopen: 'reopen',
} as const

function Form({ id, what }: { id: string; what: What }) {
  const { t } = useTexts()
  const [text, setText] = useTyped(id, what)
  const [ticked, setTicked] = useState(true)
  const bodies = {
    facts: { text, new: ticked },
    withdraw: { text },
    reexamine: { why: text, in_writing: ticked },
    reopen: { new_facts: text },
  }
  const send = useOn(id, PATH[what], bodies[what], () => setText(''))
  return (
    <StepForm step={send} submit={t(`complaint.${what}`)} ready={text.trim() !== ''}>
      <TextField id={`more-${what}`} label={t(LABEL[what])} value={text} onChange={setText} />
      {(what === 'facts' || what === 'reexamine') && (
        <p>
          <label>
            <input
              type="checkbox"
              checked={ticked}
              onChange={(event) => setTicked(event.target.checked)}
            />{' '}
            {t(what === 'facts' ? 'complaint.facts.new' : 'complaint.reexamine.written')}
          </label>
        </p>
      )}
    </StepForm>
  )
}
