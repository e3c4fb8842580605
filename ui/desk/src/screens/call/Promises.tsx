/** What is promised, and by when: each becomes a task. */
import { Button, Input } from 'antd'
import type { WrapUpBody } from '@/api/workplace'
import { DateField } from '@/format/DateField'
import { toLocalInput, fromLocalInput } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'

type Promised = WrapUpBody['promises'][number]

const DAY_MS = 86_400_000

interface Props {
  promises: Promised[]
  onChange: (promises: Promised[]) => void
}

export function Promises({ promises, onChange }: Props) {
  const { t } = useTexts()
  const change = (index: number, part: Partial<Promised>) =>
    onChange(promises.map((one, at) => (at === index ? { ...one, ...part } : one)))
  const add = () =>
    onChange([...promises, { what: '', due_at: new Date(serverNow() + DAY_MS).toISOString() }])
  return (
    <fieldset className="plainset">
      <legend>{t('call.wrapup.promises')}</legend>
      {promises.map((one, index) => (
        <div key={index} className="row promise">
          <Input
            className="grow"
            aria-label={t('call.wrapup.promise.what')}
            placeholder={t('call.wrapup.promise.what')}
            maxLength={500}
            value={one.what}
            onChange={(event) => change(index, { what: event.target.value })}
          />
          <DateField
            time
            label={t('call.wrapup.promise.due')}
            value={toLocalInput(one.due_at)}
            onChange={(typed) => {
              const due = fromLocalInput(typed)
              if (due) change(index, { due_at: due })
            }}
          />
          <Button
            size="small"
            aria-label={t('call.wrapup.promise.remove')}
            onClick={() => onChange(promises.filter((_, at) => at !== index))}
          >
            ×
          </Button>
        </div>
      ))}
      <Button size="small" onClick={add}>
        {t('call.wrapup.promise.add')}
      </Button>
    </fieldset>
  )
}
