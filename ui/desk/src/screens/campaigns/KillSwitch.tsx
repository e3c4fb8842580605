/** The switch that stops every campaign: what it does is said first, why goes on record. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages, Input } from 'antd'
import { useState } from 'react'
import { stopEverything } from '@/api/campaigns'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'

const LEAST = 3

export function KillSwitch({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [why, setWhy] = useState('')
  const stop = useMutation({
    mutationFn: () => stopEverything(why.trim()),
    onSuccess: async ({ stopped }) => {
      await queries.invalidateQueries({ queryKey: ['campaigns'] })
      void message.success(
        stopped.length > 0
          ? t('campaign.killswitch.done', { count: stopped.length })
          : t('campaign.killswitch.none'),
        6,
      )
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('campaign.killswitch.title')}
      okText={t('campaign.killswitch')}
      cancelText={t('app.cancel')}
      okButtonProps={{ danger: true, disabled: why.trim().length < LEAST }}
      confirmLoading={stop.isPending}
      onOk={() => stop.mutate()}
      onCancel={onClose}
    >
      <Failure error={stop.error} />
      <p>{t('campaign.killswitch.sure')}</p>
      <label htmlFor="stop-why">{t('campaign.killswitch.why')}</label>
      <Input
        id="stop-why"
        autoFocus
        maxLength={200}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
    </Dialog>
  )
}
