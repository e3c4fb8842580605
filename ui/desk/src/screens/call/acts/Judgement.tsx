/** What no keys may open needs a person who says why the caller is the holder (rows B4, B6). */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { judge } from '@/api/workplace'
import { useTexts } from '@/texts'
import { saysWhy } from '../HoldPart'
import { readAgain } from './form'
import { Failure } from './Outcome'

interface Props {
  interaction: string
  onDone: () => void
}

export function Judgement({ interaction, onDone }: Props) {
  const { t } = useTexts()
  const id = useId()
  const [why, setWhy] = useState('')
  const record = useMutation({
    mutationFn: () => judge(interaction, why.trim()),
    onSuccess: async () => {
      await readAgain(interaction)
      onDone()
    },
  })
  return (
    <div className="field">
      <label htmlFor={id}>{t('acts.judge.why')}</label>
      <Input.TextArea
        id={id}
        autoFocus
        rows={2}
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
      <Failure error={record.error} />
      <p className="row">
        <Button
          type="primary"
          size="small"
          loading={record.isPending}
          disabled={!saysWhy(why)}
          onClick={() => record.mutate()}
        >
          {t('acts.judge.record')}
        </Button>
        <Button size="small" onClick={onDone}>
          {t('app.cancel')}
        </Button>
      </p>
    </div>
  )
}
