/** Conversations, newest first, narrowed by what one knows of them. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { interactionsQuery, type Search } from '@/api/interactions'
import { sentence } from '@/api/sentences'
import { DateField } from '@/format/DateField'
import { duration, moment } from '@/format/format'
import { fromLocalInput } from '@/format/zone'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

const DOORS = ['phone', 'callback', 'campaign', 'chat', 'message'] as const

export default function Interactions() {
  const spoken = useTexts()
  const { t, word, language } = spoken
  const [search, setSearch] = useState<Search>({})
  const { data, error, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery(
    interactionsQuery(search),
  )
  const found = data?.pages.flat()
  return (
    <>
      <h1>{t('contacts.title')}</h1>
      <Narrow onSearch={setSearch} />
      {error && <Alert type="error" role="alert" title={sentence(error, spoken)} />}
      <section className="panel" aria-busy={isFetching}>
        {found?.length === 0 && <p className="quiet">{t('contacts.none')}</p>}
        {found && found.length > 0 && (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('contacts.when')}</th>
                <th scope="col">{t('contacts.door')}</th>
                <th scope="col">{t('contacts.number')}</th>
                <th scope="col">{t('contacts.matter')}</th>
                <th scope="col">{t('contacts.result')}</th>
                <th scope="col" className="number">
                  {t('contacts.length')}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Anchor href={`/interactions/${one.id}`}>
                      {moment(one.opened_at, language)}
                    </Anchor>
                  </td>
                  <td>{word('door', one.door)}</td>
                  <td className="figures">{one.from}</td>
                  <td>
                    {one.matter && inLanguage(one.matter, language)}
                    {one.summary && <div className="quiet text">{one.summary}</div>}
                  </td>
                  <td>
                    {one.result
                      ? inLanguage(one.result, language)
                      : one.outcome && word('outcome', one.outcome)}
                  </td>
                  <td className="number">
                    {one.closed_at &&
                      duration(Date.parse(one.closed_at) - Date.parse(one.opened_at))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {hasNextPage && (
          <Button loading={isFetching} onClick={() => void fetchNextPage()}>
            {t('contacts.more')}
          </Button>
        )}
      </section>
    </>
  )
}

function Narrow({ onSearch }: { onSearch: (search: Search) => void }) {
  const { t } = useTexts()
  const [q, setQ] = useState('')
  const [door, setDoor] = useState('')
  const [since, setSince] = useState('')
  const [until, setUntil] = useState('')
  const submit = () => {
    const [from, to] = [fromLocalInput(since), fromLocalInput(until)]
    onSearch({
      ...(q.trim() ? { q: q.trim() } : {}),
      ...(door ? { door } : {}),
      ...(from ? { since: from } : {}),
      ...(to ? { until: to } : {}),
    })
  }
  return (
    <form
      className="row narrow"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <label>
        {t('contacts.q')}{' '}
        <Input maxLength={100} value={q} onChange={(event) => setQ(event.target.value)} />
      </label>
      <label>
        {t('contacts.door')}{' '}
        <select value={door} onChange={(event) => setDoor(event.target.value)}>
          <option value="">{t('contacts.door.all')}</option>
          {DOORS.map((one) => (
            <option key={one} value={one}>
              {t(`door.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <span>
        <label htmlFor="contacts-since">{t('contacts.since')}</label>{' '}
        <DateField id="contacts-since" time value={since} onChange={setSince} />
      </span>
      <span>
        <label htmlFor="contacts-until">{t('contacts.until')}</label>{' '}
        <DateField id="contacts-until" time value={until} onChange={setUntil} />
      </span>
      <Button type="primary" htmlType="submit">
        {t('contacts.search')}
      </Button>
    </form>
  )
}
