/** The inbox of complaints: what is due soonest stands first. */
import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import {
  complaintsQuery,
  complaintWordsQuery,
  type ComplaintRow,
  type Handler,
  type ListName,
} from '@/api/complaints'
import { sentence } from '@/api/sentences'
import { Badge, type Tone } from '@/app/Badge'
import { useMe } from '@/app/me'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { soonestFirst } from './due'
import { DueWords } from './DueWords'
import { LostCode } from './LostCode'
import { Transfer } from './Transfer'

const NAMES: readonly ListName[] = ['open', 'awaiting', 'answered', 'over']
const WHOSE: readonly Handler[] = ['anybody', 'me', 'nobody']
const SEVERE: Record<string, Tone> = { high: 'warn', major: 'bad' }

export default function Complaints() {
  const spoken = useTexts()
  const { t } = spoken
  const me = useMe()
  const [name, setName] = useState<ListName>('open')
  const [whose, setWhose] = useState<Handler>('anybody')
  const [transfer, setTransfer] = useState(false)
  const [lost, setLost] = useState(false)
  const { data: rows, error } = useQuery(complaintsQuery(name, whose))
  const handles = me.role === 'lead' || me.role === 'compliance'
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('complaint.title')}</h1>
        {handles && (
          <Segmented
            value={whose}
            onChange={setWhose}
            options={WHOSE.map((one) => ({ value: one, label: t(`complaint.whose.${one}`) }))}
          />
        )}
        <Segmented
          value={name}
          onChange={setName}
          options={NAMES.map((one) => ({ value: one, label: t(`complaint.list.${one}`) }))}
        />
        {me.role !== 'quality' && (
          <Button onClick={() => setLost(true)}>{t('complaint.code.again')}</Button>
        )}
        {handles && <Button onClick={() => setTransfer(true)}>{t('transfer.open')}</Button>}
      </div>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      <section className="panel" aria-label={t('complaint.title')}>
        {!rows && !error && <p className="quiet">{t('app.loading')}</p>}
        {rows?.length === 0 && <p className="quiet">{t('complaint.none')}</p>}
        {rows && rows.length > 0 && <List rows={soonestFirst(rows)} />}
      </section>
      {lost && <LostCode onClose={() => setLost(false)} />}
      {transfer && <Transfer onClose={() => setTransfer(false)} />}
    </>
  )
}

function List({ rows }: { rows: readonly ComplaintRow[] }) {
  const { t, word, language } = useTexts()
  const { data: words } = useQuery(complaintWordsQuery)
  const named = (part: 'subjects' | 'doors' | 'severities', code: string) => {
    const found = words?.[part].find((one) => one.code === code)
    return found ? inLanguage(found, language) : code
  }
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('complaint.due')}</th>
          <th scope="col">{t('complaint.reference')}</th>
          <th scope="col">{t('complaint.about')}</th>
          <th scope="col">{t('complaint.severity')}</th>
          <th scope="col">{t('complaint.state')}</th>
          <th scope="col">{t('complaint.handler')}</th>
          <th scope="col">{t('complaint.door')}</th>
          <th scope="col">{t('complaint.received')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.id}>
            <td>
              <DueWords lastDay={one.next_last_day} />
            </td>
            <th scope="row" className="figures nowrap">
              <Anchor href={`/complaints/${one.id}`}>{one.id}</Anchor>
            </th>
            <td>{one.subjects.map((code) => named('subjects', code)).join(t('app.and'))}</td>
            <td>
              {one.severity && (
                <Badge tone={SEVERE[one.severity] ?? 'quiet'}>
                  {named('severities', one.severity)}
                </Badge>
              )}
            </td>
            <td className="nowrap">
              {word('complaint.state', one.state)}
              {one.round > 1 && <span className="quiet"> {t('complaint.round')}</span>}
            </td>
            <td className="figures">
              {one.handler ?? <span className="warn">{t('complaint.nobody')}</span>}
            </td>
            <td>{named('doors', one.door)}</td>
            <td className="nowrap">{moment(one.received_at, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
