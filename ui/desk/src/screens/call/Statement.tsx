import type { ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { amountOf, day } from '@/format/format'
import { useTexts } from '@/texts'

export function Statement({ statements }: { statements: ScreenView['last_statements'] }) {
  const { t, language } = useTexts()
  if (statements.length === 0) return null
  return (
    <Panel title={t('call.statement')}>
      {statements.map((one) => (
        <dl key={one.account} className="facts">
          <dt>{t('call.statement.balance')}</dt>
          <dd className="figures">{amountOf(one.balance, language)}</dd>
          <dt>{t('call.statement.minimum')}</dt>
          <dd className="figures">{amountOf(one.minimum_payment, language)}</dd>
          <dt>{t('call.statement.unpaid')}</dt>
          <dd className="figures">{amountOf(one.unpaid, language)}</dd>
          <dt>{t('call.statement.due')}</dt>
          <dd>
            {day(one.due_on, language)}{' '}
            {one.arrears_months > 0 && (
              <strong className="bad">
                {t('call.statement.arrears', { months: one.arrears_months })}
              </strong>
            )}
          </dd>
        </dl>
      ))}
    </Panel>
  )
}
