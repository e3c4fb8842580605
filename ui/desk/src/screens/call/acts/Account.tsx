/** The holder's accounts: what the agent sees, and of each part whether the caller may be told. */
import { useQuery } from '@tanstack/react-query'
import { accountQuery, type AccountsView, type AccountView, type TellView } from '@/api/acts'
import { sentence } from '@/api/sentences'
import { amountOf, day, money } from '@/format/format'
import { useTexts } from '@/texts'
import { Postings } from './Postings'
import { Statements } from './Statements'
import { Missing, Why } from './Why'

interface Props {
  interaction: string
  up: boolean
}

export function Account({ interaction, up }: Props) {
  const spoken = useTexts()
  const { t, word } = spoken
  const { data, error } = useQuery(accountQuery(interaction))
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  const tell = (part: keyof AccountsView['tell']) => (
    <Tell tell={data.tell[part]} interaction={interaction} up={up} />
  )
  return (
    <>
      {data.accounts.map((one) => (
        <div key={one.id}>
          <h3>{t('acc.balance')}</h3>
          {tell('balance')}
          <Balance account={one} />
          <h3>{t('acc.points')}</h3>
          {tell('points')}
          <Points account={one} />
          <h3>{t('acc.fee')}</h3>
          {tell('annual_fee')}
          <Fees cards={data.cards.filter((card) => card.account === one.id)} />
          <h3>{t('acc.statements')}</h3>
          {tell('statement')}
          <p className="quiet">
            {t('acc.statements.by')} {word('acc.delivery', data.statements_by)}
          </p>
          <Statements
            account={one}
            interest={<Tell tell={data.tell.interest} interaction={interaction} up={up} />}
          />
          <h3>{t('acc.postings')}</h3>
          {tell('transactions')}
          <Postings account={one} />
        </div>
      ))}
      {data.accounts.length === 0 && <p className="quiet">{t('acc.none')}</p>}
    </>
  )
}

function Tell({ tell, interaction, up }: Props & { tell: TellView }) {
  const { t } = useTexts()
  if (tell.allowed) return null
  return (
    <div className="untold" role="note">
      <strong>{t('acc.untold')}</strong>
      <Why reasons={tell.reasons} />
      <Missing interaction={interaction} missing={tell.missing} up={up} />
    </div>
  )
}

function Balance({ account }: { account: AccountView }) {
  const { t, language } = useTexts()
  const sum = (fen: number) => money(fen, account.currency, language)
  const temporary = account.temporary_limit
  return (
    <dl className="facts">
      <dt>{t('acc.owed')}</dt>
      <dd className="figures">{sum(account.owed.fen)}</dd>
      <dt>{t('acc.available')}</dt>
      <dd className="figures">{sum(account.available.fen)}</dd>
      <dt>{t('acc.limit')}</dt>
      <dd className="figures">
        {sum(account.credit_limit.fen)}
        {temporary && (
          <span className="quiet">
            {' '}
            {t('acc.limit.temporary', {
              amount: sum(temporary.amount.fen),
              day: day(temporary.until, language),
            })}
          </span>
        )}
      </dd>
      <dt>{t('acc.minimum')}</dt>
      <dd className="figures">{sum(account.minimum_payment.fen)}</dd>
      {account.due_on && (
        <>
          <dt>{t('acc.due')}</dt>
          <dd>{day(account.due_on, language)}</dd>
        </>
      )}
      <dt>{t('acc.rate')}</dt>
      <dd className="figures">{account.daily_rate}</dd>
      {account.credit_marks.length > 0 && (
        <>
          <dt>{t('acc.marks')}</dt>
          <dd>
            <Marks account={account} />
          </dd>
        </>
      )}
    </dl>
  )
}

function Marks({ account }: { account: AccountView }) {
  const { word } = useTexts()
  return account.credit_marks.map((one) => (
    <div key={one.month}>
      <span className="figures">{one.month}</span> {word('acc.mark', one.mark)}
    </div>
  ))
}

function Points({ account }: { account: AccountView }) {
  const { t, language } = useTexts()
  const { balance, expiring, expires_on: ends } = account.points
  return (
    <p>
      <strong className="figures">{balance.toLocaleString()}</strong>{' '}
      {expiring > 0 && ends && (
        <span className="quiet">
          {t('acc.points.ending', { count: expiring.toLocaleString(), day: day(ends, language) })}
        </span>
      )}
    </p>
  )
}

function Fees({ cards }: { cards: AccountsView['cards'] }) {
  const { t, word, language } = useTexts()
  return (
    <ul className="list">
      {cards.map((card) => {
        const fee = card.annual_fee
        return (
          <li key={card.id}>
            <span className="figures">•••• {card.tail}</span> {word('product', card.product)}{' '}
            {word('card', card.state)} ·{' '}
            <span className="figures">{amountOf(fee.fee, language)}</span>{' '}
            <span className="quiet">
              {fee.waived
                ? t('acc.fee.waived')
                : t('acc.fee.progress', {
                    uses: fee.uses,
                    needed: fee.uses_needed,
                    day: day(fee.year_to, language),
                  })}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
