/** Whoever handed a complaint on hears what became of it: regulator, People's Bank. */
import { useState } from 'react'
import { Button } from 'antd'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import type { PartProps } from './part'
import { LineField } from './fields'
import { handedOnBy, TOLD, type Outsider } from './moves'
import { StepForm, useOn } from './step'

export function Outside({ one, words, handles }: PartProps) {
  const { t } = useTexts()
  const doors = handedOnBy(one.arrivals.map((each) => each.door))
  if (doors.length === 0) return null
  return (
    <Panel title={t('complaint.outside')}>
      {doors.map((door) => (
        <One key={door} door={door} {...{ one, words, handles }} />
      ))}
    </Panel>
  )
}

function One({ door, one, words, handles }: PartProps & { door: Outsider }) {
  const { t, language } = useTexts()
  const [open, setOpen] = useState(false)
  const [reference, setReference] = useState('')
  const told = one.marks[TOLD[door]]
  const known = words.doors.find((each) => each.code === door)
  const tell = useOn(one.row.id, 'outside', { whom: TOLD[door], reference: reference.trim() }, () =>
    setOpen(false),
  )
  return (
    <>
      <div className="row">
        <span className="grow">{known ? inLanguage(known, language) : door}</span>
        <span className={told ? 'good' : 'warn'}>
          {told
            ? t('complaint.outside.told', { time: moment(told, language) })
            : t('complaint.outside.untold')}
        </span>
        {handles && !told && one.row.state !== 'joined' && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.outside.tell')}
          </Button>
        )}
      </div>
      {open && !told && (
        <StepForm
          step={tell}
          submit={t('complaint.outside.tell')}
          ready={reference.trim().length > 1}
        >
          <LineField
            id={`outside-${door}`}
            label={t('complaint.outside.reference')}
            value={reference}
            onChange={setReference}
          />
          <p className="quiet">{t('complaint.outside.hint')}</p>
        </StepForm>
      )}
    </>
  )
}
