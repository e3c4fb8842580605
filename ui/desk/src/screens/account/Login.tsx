/** Number, password, code. What is typed here is kept nowhere. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, type InputRef } from 'antd'
import { useRef } from 'react'
import { useLocation, useSearch } from 'wouter'
import { api, told } from '@/api/client'
import { logIn, sessionQuery } from '@/api/session'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'
import { Gate } from './Gate'

interface Typed {
  number: string
  password: string
  code?: string
}

export function Login({ ended }: { ended: boolean }) {
  const spoken = useTexts()
  const { t, word } = spoken
  const [address, go] = useLocation()
  const [form] = Form.useForm<Typed>()
  const code = useRef<InputRef>(null)
  const entry = useMutation({
    mutationFn: (typed: Typed) => logIn(typed.number.trim(), typed.password, typed.code ?? ''),
    onSuccess: (session) => {
      if (address === '/login') go('/', { replace: true })
      queries.setQueryData(sessionQuery.queryKey, session)
    },
    onError: () => {
      form.setFieldValue('code', '')
      code.current?.focus()
    },
  })
  const ways = useQuery({
    queryKey: ['session', 'ways'],
    queryFn: () => told(api.GET('/api/v1/session/ways')),
  })
  // The bank's own log-in service sends people back here with what it refused.
  const refused = new URLSearchParams(useSearch()).get('refused')
  const required = [{ required: true, message: t('login.required') }]
  return (
    <Gate title={t('login.title')}>
      {entry.isError ? (
        <Alert type="error" role="alert" title={sentence(entry.error, spoken)} />
      ) : refused ? (
        <Alert
          type="error"
          role="alert"
          title={word('error', refused, t('error.provider-refused'))}
        />
      ) : (
        ended && <Alert type="warning" role="status" title={t('login.ended')} />
      )}
      <Form<Typed> form={form} layout="vertical" onFinish={(typed) => entry.mutate(typed)}>
        <Form.Item name="number" label={t('login.number')} rules={required}>
          <Input autoComplete="username" autoFocus inputMode="numeric" maxLength={40} />
        </Form.Item>
        <Form.Item name="password" label={t('login.password')} rules={required}>
          <Input type="password" autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Form.Item name="code" label={t('login.code')} extra={t('login.code.help')}>
          <Input ref={code} autoComplete="one-time-code" inputMode="numeric" maxLength={6} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={entry.isPending}>
          {t('login.submit')}
        </Button>
      </Form>
      {ways.data?.oidc && (
        <Button block href="/api/v1/session/oidc">
          {t('login.sso')}
        </Button>
      )}
      <p className="quiet">{t('login.advice')}</p>
    </Gate>
  )
}
