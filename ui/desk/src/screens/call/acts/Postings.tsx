/** What moved on an account, newest first. */
import { Button } from 'antd'
import { useState } from 'react'
import type { AccountView } from '@/api/acts'
import { money } from '@/format/format'
import { useTexts } from '@/texts'

const FEW = 10

export function Postings({ account }: { account: AccountView }) {
  const { t, word, language } = useTexts()
  const [all, setAll] = useState(false)
  const shown = all ? account.postings : account.postings.slice(0, FEW)
  if (shown.length === 0) return <p className="quiet">{t('acc.postings.none')}</p>
  return (
    <>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('acc.postings.day')}</th>
            <th scope="col">{t('acc.postings.what')}</th>
            <th scope="col" className="number">
              {t('acc.postings.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.id}>
              <td className="nowrap">{one.posted_on}</td>
              <td>
                {word('posting', one.kind)} {one.merchant}
                <div className="quiet">
                  {language === 'zh' ? one.description_zh : one.description_en}
                </div>
              </td>
              <td className="number">
                {one.kind === 'points'
                  ? t('acc.points.count', { count: one.points })
                  : money(one.amount.fen, account.currency, language)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && account.postings.length > FEW && (
        <Button size="small" type="link" onClick={() => setAll(true)}>
          {t('acc.postings.all', { count: account.postings.length })}
        </Button>
      )}
    </>
  )
}
