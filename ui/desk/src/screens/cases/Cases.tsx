/** Cases that wait for an answer, due soonest first. */
import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { casesQuery } from '@/api/cases'
import { sentence } from '@/api/sentences'
import { useMe } from '@/app/me'
import { amountOf, day } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { isLate } from './due'

export default function Cases() {
  const spoken = useTexts()
  const { t, word, language } = spoken
  const me = useMe()
  const [mine, setMine] = useState(false)
  const { data: cases, error } = useQuery(casesQuery(mine))
  const serves = me.role === 'agent' || me.role === 'lead'
  return (
    <>
      <div className="row">
        <h1 className="grow">{t('case.title')}</h1>
        {serves && (
          <Segmented
            value={mine}
            onChange={setMine}
            options={[
              { value: false, label: t('case.all') },
              { value: true, label: t('case.mine') },
            ]}
          />
        )}
      </div>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      <section className="panel">
        {cases?.length === 0 && <p className="quiet">{t('case.none')}</p>}
        {cases && cases.length > 0 && (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('case.due')}</th>
                <th scope="col">{t('case.what')}</th>
                <th scope="col">{t('case.reason')}</th>
                <th scope="col" className="number">
                  {t('case.amount')}
                </th>
                <th scope="col">{t('case.state')}</th>
                <th scope="col">{t('case.owner')}</th>
              </tr>
            </thead>
            <tbody>
              {cases.map((one) => (
                <tr key={one.id}>
                  <td className={isLate(one.due_on, serverNow()) ? 'bad' : ''}>
                    {day(one.due_on, language)}{' '}
                    {isLate(one.due_on, serverNow()) && t('tasks.overdue')}
                  </td>
                  <td>
                    <Anchor href={`/cases/${one.id}`}>{word('case.kind', one.kind)}</Anchor>
                  </td>
                  <td>{word('case.reason', one.reason)}</td>
                  <td className="number">{one.amount && amountOf(one.amount, language)}</td>
                  <td>{word('case.state', one.state)}</td>
                  <td className="figures">{one.owner ?? t('case.nobody')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  )
}
