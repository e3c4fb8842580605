/** All marketing ends: one key, Enter. Nothing is to be proven, and it works at once. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages, Button } from 'antd'
import { useRef } from 'react'
import { stopMarketing } from '@/api/permissions'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'
import { Failure } from './acts/Outcome'

interface Props {
  interaction: string
  onClose: () => void
}

export function StopMarketing({ interaction, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const button = useRef<HTMLButtonElement>(null)
  const stop = useMutation({
    mutationFn: () => stopMarketing(interaction),
    onSuccess: async ({ already, told }) => {
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      void message.success(
        already
          ? t('permit.stop.already')
          : t('permit.stop.done') + (told ? t('permit.stop.told') : ''),
        6,
      )
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('permit.stop.title')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={(up) => up && button.current?.focus()}
    >
      <Failure error={stop.error} />
      <p>{t('permit.stop.sure')}</p>
      <Button ref={button} type="primary" loading={stop.isPending} onClick={() => stop.mutate()}>
        {t('permit.stop')} <kbd>{'Enter'}</kbd>
      </Button>
    </Dialog>
  )
}
