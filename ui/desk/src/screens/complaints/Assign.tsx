/** Whose it shall be: never the person complained of, never one with an interest; the page says why. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'antd'
import { candidatesQuery, type Whole } from '@/api/complaints'
import { useMe } from '@/app/me'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { LineField, Pick, TextField, useTyped } from './fields'
import { StepForm, useOn } from './step'

type What = 'assign' | 'interest'

export function Assign({ one }: { one: Whole }) {
  const { t } = useTexts()
  const [open, setOpen] = useState<What | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <p className="row">
        {(['assign', 'interest'] as const).map((what) => (
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
      {open === 'assign' && <Give one={one} onDone={close} />}
      {open === 'interest' && <Interest one={one} onDone={close} />}
    </>
  )
}

interface Props {
  one: Whole
  onDone: () => void
}

function Give({ one, onDone }: Props) {
  const { t, word, language } = useTexts()
  const [to, setTo] = useState('')
  const { data: found } = useQuery(candidatesQuery(one.row.id))
  const others = (found ?? []).filter((each) => each.number !== one.row.handler)
  const chosen = others.find((each) => each.number === to)
  const against = chosen?.reasons ?? []
  const give = useOn(one.row.id, 'assign', { to }, onDone)
  return (
    <StepForm
      step={give}
      submit={t('complaint.assign')}
      ready={chosen !== undefined && against.length === 0}
    >
      <Pick
        id="assign-to"
        label={t('complaint.assign.to')}
        words={others.map((each) => {
          const name = `${each.name} ${each.number} ${word('role', each.role)}`
          return { code: each.number, zh: name, en: name }
        })}
        value={to}
        onChange={setTo}
      />
      {against.length > 0 && (
        <div role="status" className="warn">
          {t('complaint.assign.against', { who: chosen?.name ?? '' })}
          <ul className="why">
            {against.map((each) => (
              <li key={each.code}>{inLanguage(each, language)}</li>
            ))}
          </ul>
        </div>
      )}
    </StepForm>
  )
}

function Interest({ one, onDone }: Props) {
  const { t } = useTexts()
  const me = useMe()
  const [of, setOf] = useState(me.number)
  const [why, setWhy] = useTyped(one.row.id, 'interest')
  const say = useOn(one.row.id, 'interest', { of: of.trim(), why }, () => {
    setWhy('')
    onDone()
  })
  return (
    <StepForm step={say} submit={t('complaint.interest')} ready={Boolean(of.trim() && why.trim())}>
      <p className="quiet">{t('complaint.interest.hint')}</p>
      <LineField
        id="interest-of"
        label={t('complaint.interest.of')}
        most={20}
        value={of}
        onChange={setOf}
      />
      <TextField
        id="interest-why"
        label={t('complaint.interest.why')}
        value={why}
        onChange={setWhy}
      />
    </StepForm>
  )
}
