/** Another address, number or e-mail: asked for, confirmed by a second side, then a time to undo. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { askForChange, type ChangedField } from '@/api/acts'
import { discard, useDraft } from '@/drafts/drafts'
import { useTexts } from '@/texts'
import { readAgain, type FormProps } from './form'
import { ChangeSteps } from './ChangeSteps'
import { Failure, Refused } from './Outcome'

export function Contact({ act, interaction, up, press }: FormProps) {
  const { t } = useTexts()
  const fields: ChangedField[] = act.act === 'change_phone' ? ['phone'] : ['address', 'email']
  const [field, setField] = useState<ChangedField>(fields[0] ?? 'address')
  const [value, setValue] = useDraft(interaction, `change-${field}`, '')
  const ask = useMutation({
    mutationFn: () => askForChange(interaction, field, value.trim(), `${press}-${field}`),
    onSuccess: async (told) => {
      if (told.allowed) discard(interaction, `change-${field}`)
      await readAgain(interaction)
    },
  })
  if (ask.data?.change && ask.data.allowed)
    return <ChangeSteps interaction={interaction} change={ask.data.change} up={up} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask.mutate()
      }}
    >
      <Failure error={ask.error} />
      {ask.data && <Refused verdict={ask.data.verdict} />}
      {fields.length > 1 && (
        <fieldset className="plainset row">
          <legend>{t('acts.change.field')}</legend>
          {fields.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="change-field"
                checked={one === field}
                onChange={() => {
                  setField(one)
                  ask.reset()
                }}
              />{' '}
              {t(`acts.field.${one}`)}
            </label>
          ))}
        </fieldset>
      )}
      <p className="field">
        <label htmlFor="change-value">{t(`acts.change.${field}`)}</label>
        <Input
          id="change-value"
          autoComplete="off"
          maxLength={field === 'phone' ? 30 : 254}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </p>
      <p className="quiet">{t('acts.change.rule')}</p>
      <Button
        type="primary"
        htmlType="submit"
        loading={ask.isPending}
        disabled={value.trim().length < 3}
      >
        {t('acts.change.ask')}
      </Button>
    </form>
  )
}
