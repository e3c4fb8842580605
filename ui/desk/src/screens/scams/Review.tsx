/** What it was: compliance says so, and which of its traces everybody is warned of from then on. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages, Button, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { forgetIndicator, reviewScam, type WholeScamReport } from '@/api/trust'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { day, moment } from '@/format/format'
import { serverNow } from '@/live/clock'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'

const LEAST = 2

export function Review({ report }: { report: WholeScamReport }) {
  const me = useMe()
  if (report.state !== 'open') return <Done report={report} />
  return <Decide report={report} may={me.role === 'compliance'} />
}

function Decide({ report, may }: { report: WholeScamReport; may: boolean }) {
  const { t, word } = useTexts()
  const { message } = Messages.useApp()
  const about = `scam ${report.id}`
  const [findings, setFindings] = useDraft(about, 'findings', '')
  const [keep, setKeep] = useState<readonly string[]>([])
  const review = useMutation({
    mutationFn: (state: 'confirmed' | 'dismissed') =>
      reviewScam(report.id, {
        state,
        findings: findings.trim(),
        keep: state === 'confirmed' ? [...keep] : [],
      }),
    onSuccess: async () => {
      discard(about, 'findings')
      void message.success(t('scam.review.done'))
      await queries.invalidateQueries({ queryKey: ['scams'] })
    },
  })
  const short = findings.trim().length < LEAST
  return (
    <Panel title={t('scam.review')}>
      {!may && <p className="quiet">{t('scam.review.lead')}</p>}
      <fieldset className="plainset">
        <legend>{may ? t('scam.review.keep') : t('scam.indicator')}</legend>
        {report.indicators.length === 0 && <p className="quiet">{t('scam.review.keep.none')}</p>}
        {report.indicators.map((one) => (
          <div key={one.id}>
            <label>
              {may && (
                <input
                  type="checkbox"
                  checked={keep.includes(one.id)}
                  onChange={(event) =>
                    setKeep(
                      event.target.checked
                        ? [...keep, one.id]
                        : keep.filter((each) => each !== one.id),
                    )
                  }
                />
              )}{' '}
              {word('scam.indicator', one.kind)}{' '}
              {one.kind !== 'text' && <span className="figures">{one.value}</span>}
            </label>
          </div>
        ))}
      </fieldset>
      {may && (
        <>
          <Failure error={review.error} />
          <p className="field">
            <label htmlFor="scam-findings">{t('scam.review.findings')}</label>
            <Input.TextArea
              id="scam-findings"
              rows={3}
              maxLength={2000}
              value={findings}
              onChange={(event) => setFindings(event.target.value)}
            />
          </p>
          <p className="row">
            <Button
              type="primary"
              disabled={short || review.isPending}
              onClick={() => review.mutate('confirmed')}
            >
              {t('scam.review.confirm')}
            </Button>
            <Button disabled={short || review.isPending} onClick={() => review.mutate('dismissed')}>
              {t('scam.review.dismiss')}
            </Button>
          </p>
        </>
      )}
    </Panel>
  )
}

function Done({ report }: { report: WholeScamReport }) {
  const { t, word, language } = useTexts()
  const me = useMe()
  const forget = useMutation({
    mutationFn: forgetIndicator,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['scams'] }),
  })
  return (
    <Panel title={t('scam.review')}>
      <p>
        <strong>{word('scam.state', report.state)}</strong>{' '}
        <span className="quiet">
          {report.reviewed_at &&
            t('scam.review.by', {
              who: report.reviewed_by ?? '',
              when: moment(report.reviewed_at, language),
            })}
        </span>
      </p>
      <p className="text">{report.findings}</p>
      <Failure error={forget.error} />
      <ul className="list">
        {report.indicators.map((one) => {
          const known = one.known_until !== null && Date.parse(one.known_until) > serverNow()
          const value = one.kind === 'text' ? t('scam.indicator.text') : one.value
          return (
            <li key={one.id} className="row">
              <span>
                {word('scam.indicator', one.kind)}{' '}
                {one.kind !== 'text' && <span className="figures">{one.value}</span>}
              </span>
              <span className="quiet grow">
                {known && one.known_until
                  ? t('scam.known', { until: day(one.known_until, language) })
                  : t('scam.known.no')}
              </span>
              {known && me.role === 'compliance' && (
                <Popconfirm
                  title={t('scam.forget.sure', { value })}
                  okText={t('app.confirm')}
                  cancelText={t('app.cancel')}
                  onConfirm={() => forget.mutate(one.id)}
                >
                  <Button size="small">{t('scam.forget')}</Button>
                </Popconfirm>
              )}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
