import { App as Messages, Form } from 'antd'
import { useState } from 'react'
import { Dialog } from '@/app/Dialog'
import { useTexts } from '@/texts'
import { PasswordForm, type Typed } from './PasswordForm'

export function PasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [form] = Form.useForm<Typed>()
  const [busy, setBusy] = useState(false)
  return (
    <Dialog
      open={open}
      title={t('account.password')}
      okText={t('app.save')}
      cancelText={t('app.cancel')}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      afterClose={() => form.resetFields()}
      destroyOnHidden
    >
      <PasswordForm
        form={form}
        present={t('account.password.old')}
        onBusy={setBusy}
        onDone={() => {
          void message.success(t('account.password.done'))
          onClose()
        }}
      />
    </Dialog>
  )
}
