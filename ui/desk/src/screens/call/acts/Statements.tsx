/** Statements, each with what makes up its balance and its interest line by line. */
import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import type { AccountView, StatementView } from '@/api/acts'
import { day, money } from '@/format/format'
import { useTexts } from '@/texts'

const FEW = 3
const PARTS = [
  'opening',
  'purchases',
  'cash',
  'instalments',
  'interest',
  'fees',
  'payments',
  'refunds',
  'adjustments',
] as const

interface Props {
  account: AccountView
  /** Whether interest may be explained. */
  interest: ReactNode
}

export function Statements({ account, interest }: Props) {
  const { t, language } = useTexts()
  const [all, setAll] = useState(false)
  const shown = all ? account.statements : account.statements.slice(0, FEW)
  if (shown.length === 0) return <p className="quiet">{t('acc.statements.none')}</p>
  return (
    <>
      {shown.map((one) => (
        <details key={one.closing_on} className="statement">
          <summary>
            {day(one.closing_on, language)}{' '}
            <strong className="figures">
              {money(one.balance.fen, account.currency, language)}
            </strong>{' '}
            {one.unpaid.fen > 0 && (
              <span className="warn">
                {t('call.statement.unpaid')} {money(one.unpaid.fen, account.currency, language)}
              </span>
            )}
          </summary>
          <Whole statement={one} currency={account.currency} interest={interest} />
        </details>
      ))}
      {!all && account.statements.length > FEW && (
        <Button size="small" type="link" onClick={() => setAll(true)}>
          {t('acc.statements.all', { count: account.statements.length })}
        </Button>
      )}
    </>
  )
}

interface WholeProps {
  statement: StatementView
  currency: string
  interest: ReactNode
}

function Whole({ statement, currency, interest }: WholeProps) {
  const { t, word, language } = useTexts()
  const sum = (fen: number) => money(fen, currency, language)
  const parts = PARTS.filter((part) => statement[part].fen !== 0)
  return (
    <>
      <dl className="facts">
        {parts.map((part) => (
          <div key={part}>
            <dt>{t(`acc.part.${part}`)}</dt>
            <dd className="figures">{sum(statement[part].fen)}</dd>
          </div>
        ))}
        <dt>{t('call.statement.minimum')}</dt>
        <dd className="figures">{sum(statement.minimum_payment.fen)}</dd>
        <dt>{t('call.statement.due')}</dt>
        <dd>{day(statement.due_on, language)}</dd>
      </dl>
      {statement.interest_lines.length > 0 && (
        <>
          {interest}
          <div className="scroll" tabIndex={0} role="region" aria-label={t('acc.interest')}>
            <table className="plain">
              <caption className="quiet">{t('acc.interest')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('acc.interest.on')}</th>
                  <th scope="col">{t('acc.interest.days')}</th>
                  <th scope="col">{t('acc.interest.rate')}</th>
                  <th scope="col" className="number">
                    {t('acc.part.interest')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {statement.interest_lines.map((line, index) => (
                  <tr key={index}>
                    <td>
                      {word('posting', line.kind)} {sum(line.principal.fen)}
                    </td>
                    <td>
                      {line.from_on} – {line.to_on}（{line.days}）
                    </td>
                    <td>{line.daily_rate}</td>
                    <td className="number">{sum(line.amount.fen)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  )
}
