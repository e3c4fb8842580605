/** An entry ends: why goes on record, and it stays as something that used to be ours. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages, Input } from 'antd'
import { useState } from 'react'
import { endOfficial, type Official } from '@/api/trust'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { DateField } from '@/format/DateField'
import { fromLocalInput } from '@/format/zone'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'

const LEAST = 2

export function End({ entry, onClose }: { entry: Official; onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [why, setWhy] = useState('')
  const [when, setWhen] = useState('')
  const end = useMutation({
    mutationFn: () =>
      endOfficial(entry.id, { why: why.trim(), until: when ? fromLocalInput(when) : null }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['registry'] })
      void message.success(t('registry.end.done'))
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('registry.end.title', { value: entry.shown })}
      okText={t('registry.end')}
      cancelText={t('app.cancel')}
      confirmLoading={end.isPending}
      okButtonProps={{ danger: true, disabled: why.trim().length < LEAST }}
      onOk={() => end.mutate()}
      onCancel={onClose}
    >
      <Failure error={end.error} />
      <p className="quiet">{t('registry.end.hint')}</p>
      <p className="field">
        <label htmlFor="end-why">{t('registry.end.why')}</label>
        <Input
          id="end-why"
          autoFocus
          maxLength={200}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
      </p>
      <p className="field">
        <label htmlFor="end-when">{t('registry.end.when')}</label>
        <DateField id="end-when" time value={when} onChange={setWhen} />
      </p>
    </Dialog>
  )
}
