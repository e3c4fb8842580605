import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages, Form, Input, Modal } from 'antd'
import { api, told } from '@/api/client'
import { sentence } from '@/api/sentences'
import { useTexts } from '@/texts'

interface Typed {
  old: string
  fresh: string
  again: string
}

export function PasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const spoken = useTexts()
  const { t } = spoken
  const { message } = Messages.useApp()
  const [form] = Form.useForm<Typed>()
  const change = useMutation({
    mutationFn: (typed: Typed) =>
      told(api.POST('/api/v1/session/password', { body: { old: typed.old, new: typed.fresh } })),
    onSuccess: () => {
      void message.success(t('account.password.done'))
      onClose()
    },
  })
  const required = { required: true, message: t('login.required') }
  const field = (autoComplete: string) => (
    <Input type="password" autoComplete={autoComplete} maxLength={200} />
  )
  return (
    <Modal
      open={open}
      title={t('account.password')}
      okText={t('app.save')}
      cancelText={t('app.cancel')}
      confirmLoading={change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
      afterClose={() => {
        form.resetFields()
        change.reset()
      }}
      destroyOnHidden
    >
      {change.isError && <Alert type="error" role="alert" title={sentence(change.error, spoken)} />}
      <Form<Typed>
        name="password"
        form={form}
        layout="vertical"
        onFinish={(typed) => change.mutate(typed)}
      >
        <Form.Item name="old" label={t('account.password.old')} rules={[required]}>
          {field('current-password')}
        </Form.Item>
        <Form.Item
          name="fresh"
          label={t('account.password.new')}
          extra={t('account.password.help')}
          rules={[required]}
        >
          {field('new-password')}
        </Form.Item>
        <Form.Item
          name="again"
          label={t('account.password.again')}
          dependencies={['fresh']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                value === getFieldValue('fresh')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('account.password.differs'))),
            }),
          ]}
        >
          {field('new-password')}
        </Form.Item>
        <button type="submit" hidden />
      </Form>
    </Modal>
  )
}
