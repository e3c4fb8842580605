/** What the complainant does: adds something, takes it back, asks again, brings something new. */
import { useState } from 'react'
import { Button } from 'antd'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'
import type { PartProps } from './part'
import { LineField, TextField, useTyped } from './fields'
import { movesOf, type Move } from './moves'
import { StepForm, useOn } from './step'

export function More({ one, handles }: PartProps) {
  const { t } = useTexts()
  const me = useMe()
  const [open, setOpen] = useState<Move | null>(null)
  const moves = movesOf(one.row.state, handles)
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
      {open === 'join' && moves.includes(open) && (
        <Join id={one.row.id} onDone={() => setOpen(null)} />
      )}
      {open && open !== 'join' && moves.includes(open) && (
        <Form key={open} id={one.row.id} what={open} onDone={() => setOpen(null)} />
      )}
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

interface FormProps {
  id: string
  what: Exclude<Move, 'join'>
  onDone: () => void
}

function Form({ id, what, onDone }: FormProps) {
  const { t } = useTexts()
  const [text, setText] = useTyped(id, what)
  const [ticked, setTicked] = useState(true)
  const bodies = {
    facts: { text, new: ticked },
    withdraw: { text },
    reexamine: { why: text, in_writing: ticked },
    reopen: { new_facts: text },
  }
  const send = useOn(id, PATH[what], bodies[what], () => {
    setText('')
    onDone()
  })
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

function Join({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTexts()
  const [into, setInto] = useState('')
  const join = useOn(id, 'join', { into: into.trim() }, onDone)
  return (
    <StepForm
      step={join}
      submit={t('complaint.join')}
      ready={into.trim() !== ''}
      missing={t('complaint.join.missing')}
    >
      <p className="quiet">{t('complaint.join.hint')}</p>
      <LineField
        id="more-join"
        label={t('complaint.join.into')}
        most={60}
        value={into}
        onChange={setInto}
      />
    </StepForm>
  )
}
