/** Somebody else set this password: nothing works before it is one's own. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form } from 'antd'
import { logOut, sessionQuery } from '@/api/session'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'
import { Gate } from './Gate'
import { PasswordForm, type Typed } from './PasswordForm'

export function FirstPassword() {
  const spoken = useTexts()
  const { t } = spoken
  const [form] = Form.useForm<Typed>()
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: () => queries.setQueryData(sessionQuery.queryKey, null),
  })
  return (
    <Gate title={t('first.title')}>
      <p>{t('first.why')}</p>
      {leave.isError && <Alert type="error" role="alert" title={sentence(leave.error, spoken)} />}
      <PasswordForm
        form={form}
        present={t('first.old')}
        submit={t('first.submit')}
        onDone={() => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })}
      />
      <Button type="link" block onClick={() => leave.mutate()}>
        {t('first.later')}
      </Button>
    </Gate>
  )
}
