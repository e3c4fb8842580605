/** What is to be done now, in this state; the server says where a step does not fit. */
import { useState } from 'react'
import { Button } from 'antd'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'
import { Classified } from './Classify'
import type { PartProps } from './part'
import { Assign } from './Assign'
import { Pick, TextField, useTyped } from './fields'
import { CLASSIFIED, closes } from './moves'
import { StepForm, Told, useOn } from './step'

export function Next({ one, words, handles }: PartProps) {
  const { t, word } = useTexts()
  const me = useMe()
  const { row } = one
  const [refusing, setRefusing] = useState(false)
  const take = useOn(row.id, 'assign', {})
  const accept = useOn(row.id, 'accept', {})
  const close = useOn(row.id, 'close', {})
  const mine = row.handler === me.number
  const live = ['received', 'accepted', 'awaiting', 'decided', 'answered'].includes(row.state)
  return (
    <Panel title={t('complaint.next')}>
      <p>
        {row.state === 'received' && row.handler !== null
          ? t('complaint.next.received.mine')
          : word('complaint.next', row.state)}
      </p>
      {!handles && live && <p className="quiet">{t('complaint.next.reader')}</p>}
      {handles && (
        <>
          <Told step={take} />
          <Told step={accept} />
          <Told step={close} />
          <p className="row">
            {live && !mine && (
              <Button
                type={row.handler === null ? 'primary' : 'default'}
                loading={take.isPending}
                onClick={() => take.mutate()}
              >
                {t('complaint.take')}
              </Button>
            )}
            {row.state === 'received' && mine && (
              <>
                <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate()}>
                  {t('complaint.accept')}
                </Button>
                <Button onClick={() => setRefusing(!refusing)} aria-expanded={refusing}>
                  {t('complaint.refuse')}
                </Button>
              </>
            )}
            {closes(row.state, row.anonymous) && (
              <Button type="primary" loading={close.isPending} onClick={() => close.mutate()}>
                {t('complaint.close')}
              </Button>
            )}
          </p>
          {live && <Assign one={one} />}
          {refusing && row.state === 'received' && <Refuse id={row.id} words={words} />}
          {mine && CLASSIFIED.includes(row.state) && <Classified one={one} words={words} />}
          {row.state === 'answered' && <FollowUp id={row.id} before={one.satisfied} />}
        </>
      )}
    </Panel>
  )
}

function Refuse({ id, words }: { id: string; words: PartProps['words'] }) {
  const { t } = useTexts()
  const [reason, setReason] = useState('')
  const [why, setWhy] = useTyped(id, 'refuse')
  const refuse = useOn(id, 'refuse', { reason, why })
  return (
    <StepForm step={refuse} submit={t('complaint.refuse')} ready={Boolean(reason && why.trim())}>
      <Pick
        id="refuse-reason"
        label={t('complaint.refuse.reason')}
        words={words.refusals}
        value={reason}
        onChange={setReason}
      />
      <TextField id="refuse-why" label={t('complaint.why')} value={why} onChange={setWhy} />
    </StepForm>
  )
}

const SATISFIED = { yes: true, no: false, none: null } as const

interface FollowUpProps {
  id: string
  /** What was said before; null: nobody asked, or they did not say. */
  before: boolean | null
}

function FollowUp({ id, before }: FollowUpProps) {
  const { t } = useTexts()
  const [satisfied, setSatisfied] = useState<keyof typeof SATISFIED | ''>('')
  const [said, setSaid] = useTyped(id, 'follow-up')
  const follow = useOn(
    id,
    'follow-up',
    { satisfied: satisfied ? SATISFIED[satisfied] : null, words: said },
    () => {
      setSatisfied('')
      setSaid('')
    },
  )
  return (
    <StepForm step={follow} submit={t('complaint.followup')} ready={satisfied !== ''}>
      {before !== null && (
        <p className="apart">
          {t('complaint.followup.before')}{' '}
          <strong>{t(before ? 'complaint.satisfied.yes' : 'complaint.satisfied.no')}</strong>
        </p>
      )}
      <fieldset className="plainset row apart">
        <legend>{t('complaint.followup')}</legend>
        {(['yes', 'no', 'none'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="satisfied"
              checked={one === satisfied}
              onChange={() => setSatisfied(one)}
            />{' '}
            {t(`complaint.satisfied.${one}`)}
          </label>
        ))}
      </fieldset>
      <TextField
        id="follow-up"
        label={t('complaint.followup.words')}
        value={said}
        onChange={setSaid}
      />
    </StepForm>
  )
}
