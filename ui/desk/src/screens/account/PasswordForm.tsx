/** The present password, the new one, and the new one again. What is typed here is kept nowhere. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, Input, type FormInstance } from 'antd'
import { api, told } from '@/api/client'
import { sentence } from '@/api/sentences'
import { useTexts } from '@/texts'

export interface Typed {
  old: string
  fresh: string
  again: string
}

interface Props {
  form: FormInstance<Typed>
  /** How the present password is called here. */
  present: string
  /** A button of its own, where no dialog has one. */
  submit?: string
  onBusy?: (busy: boolean) => void
  onDone: () => void
}

export function PasswordForm({ form, present, submit, onBusy, onDone }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const change = useMutation({
    mutationFn: (typed: Typed) =>
      told(api.POST('/api/v1/session/password', { body: { old: typed.old, new: typed.fresh } })),
    onMutate: () => onBusy?.(true),
    onSettled: () => onBusy?.(false),
    onSuccess: onDone,
  })
  const required = { required: true, message: t('login.required') }
  const field = (autoComplete: string, autoFocus = false) => (
    <Input type="password" autoComplete={autoComplete} autoFocus={autoFocus} maxLength={200} />
  )
  return (
    <>
      {change.isError && <Alert type="error" role="alert" title={sentence(change.error, spoken)} />}
      <Form<Typed>
        name="password"
        form={form}
        layout="vertical"
        onFinish={(typed) => change.mutate(typed)}
      >
        <Form.Item name="old" label={present} rules={[required]}>
          {field('current-password', true)}
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
        {submit ? (
          <Button type="primary" htmlType="submit" block loading={change.isPending}>
            {submit}
          </Button>
        ) : (
          <button type="submit" hidden />
        )}
      </Form>
    </>
  )
}
