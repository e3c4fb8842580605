/** Show a masked field: why is asked first, and goes on record. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Input } from 'antd'
import { useState } from 'react'
import type { View } from '@/api/client'
import { sentence } from '@/api/sentences'
import { unmask } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { composes } from '@/keys/map'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

export type Field = View['UnmaskBody']['field']

interface Props {
  field: Field | null
  interaction: string
  onClose: () => void
  onShown: (field: Field, value: string) => void
}

export function UnmaskDialog({ field, interaction, onClose, onShown }: Props) {
  const spoken = useTexts()
  const { t, language } = spoken
  const [reason, setReason] = useState('')
  const look = useMutation({
    mutationFn: (which: Field) => unmask(interaction, which, reason),
    onSuccess: (told) => {
      if (!told.allowed || told.value === null) return
      onShown(told.field, told.value)
      close()
    },
  })
  const close = () => {
    setReason('')
    look.reset()
    onClose()
  }
  const refused = look.data?.allowed === false ? look.data.verdict.reasons : []
  return (
    <Dialog
      open={field !== null}
      title={field && `${t('call.unmask')} · ${t(`call.unmask.field.${field}`)}`}
      okText={t('call.unmask')}
      cancelText={t('app.cancel')}
      confirmLoading={look.isPending}
      onOk={() => field && look.mutate(field)}
      onCancel={close}
      destroyOnHidden
    >
      {look.isError && <Alert type="error" role="alert" title={sentence(look.error, spoken)} />}
      {refused.map((one) => (
        <Alert key={one.code} type="error" role="alert" title={inLanguage(one, language)} />
      ))}
      <label htmlFor="unmask-why">{t('call.unmask.why')}</label>
      <Input
        id="unmask-why"
        autoFocus
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        onPressEnter={(event) => {
          if (!composes(event.nativeEvent) && field) look.mutate(field)
        }}
      />
    </Dialog>
  )
}
