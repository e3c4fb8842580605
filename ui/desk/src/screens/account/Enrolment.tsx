/** The second factor, enrolled once: a QR code, or the key by hand, confirmed by a first code. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useMemo } from 'react'
import { encode } from 'uqr'
import { api, told } from '@/api/client'
import { logOut, sessionQuery } from '@/api/session'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'
import { Gate } from './Gate'

export function Enrolment() {
  const spoken = useTexts()
  const { t } = spoken
  const begin = useMutation({
    mutationFn: () => told(api.POST('/api/v1/session/enrolment')),
  })
  const confirm = useMutation({
    mutationFn: (code: string) =>
      told(api.POST('/api/v1/session/enrolment/confirm', { body: { code } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: () => queries.setQueryData(sessionQuery.queryKey, null),
  })
  const failed = confirm.error ?? begin.error ?? leave.error
  return (
    <Gate title={t('enrol.title')}>
      <p>{t('enrol.why')}</p>
      {failed && <Alert type="error" role="alert" title={sentence(failed, spoken)} />}
      {begin.data === undefined ? (
        <>
          <p className="quiet">{t('enrol.start.note')}</p>
          <Button type="primary" block loading={begin.isPending} onClick={() => begin.mutate()}>
            {t('enrol.start')}
          </Button>
        </>
      ) : (
        <Form<{ code: string }>
          layout="vertical"
          onFinish={({ code }) => confirm.mutate(code.trim())}
        >
          <p>{t('enrol.scan')}</p>
          <QrCode text={begin.data.uri} label={t('enrol.qr')} />
          <p>
            {t('enrol.byhand')} <code className="secret">{keyOf(begin.data.uri)}</code>
          </p>
          <Form.Item
            name="code"
            label={t('enrol.type')}
            rules={[{ required: true, message: t('login.required') }]}
          >
            <Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} autoFocus />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={confirm.isPending}>
            {t('enrol.submit')}
          </Button>
        </Form>
      )}
      <Button type="link" block onClick={() => leave.mutate()}>
        {t('enrol.later')}
      </Button>
    </Gate>
  )
}

function keyOf(uri: string): string {
  const key = new URL(uri).searchParams.get('secret') ?? ''
  return key.replace(/(.{4})(?=.)/g, '$1 ')
}

/** Dark on light whatever the look is: scanners want it so. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { border: 3 })
    const dots = code.data.flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
    )
    return { size: code.size, path: dots.join('') }
  }, [text])
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
