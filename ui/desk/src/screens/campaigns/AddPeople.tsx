/** Filling the list: from a CSV, or everybody whose bill falls due; bad rows are named. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { addPeople, type CampaignView, type Listed } from '@/api/campaigns'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { count } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { missingColumns, rowsOf } from './states'

const NAMED = 20

export function AddPeople({ campaign }: { campaign: CampaignView }) {
  const { t, language } = useTexts()
  const id = useId()
  const [csv, setCsv] = useState('')
  const [name, setName] = useState('')
  const [days, setDays] = useState('3')
  const add = useMutation({
    mutationFn: (body: { csv: string } | { due_in_days: number }) => addPeople(campaign.id, body),
    onSuccess: async () => {
      setCsv('')
      setName('')
      // What was foreseen is not true any more.
      queries.removeQueries({ queryKey: ['foresight', campaign.id] })
      await queries.invalidateQueries({ queryKey: ['campaigns'] })
    },
  })
  const columns = [t('campaign.list.who'), ...campaign.columns]
  const missing = csv.trim() ? missingColumns(csv, campaign.columns) : []
  const due = /^\d{1,2}$/.test(days) ? Number(days) : null
  return (
    <Panel title={t('campaign.list.add')}>
      <Failure error={add.error} />
      {add.data && <Outcome listed={add.data} />}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate({ csv })
        }}
      >
        <p className="field">
          <span>{t('campaign.list.csv')}</span>
          <span className="row">
            <label className="pick">
              {t('campaign.list.pick')}
              <input
                type="file"
                className="unseen"
                accept=".csv,text/csv"
                onChange={(event) => {
                  const file = event.target.files?.[0]
                  if (!file) return
                  setName(file.name)
                  void file.text().then(setCsv)
                }}
              />
            </label>
            <span className="quiet">{name}</span>
          </span>
          <span className="quiet">
            {t('campaign.list.csv.hint', { columns: columns.join(t('app.and')) })}
          </span>
        </p>
        <p className="field">
          <label htmlFor={`${id}csv`}>{t('campaign.list.paste')}</label>
          <Input.TextArea
            id={`${id}csv`}
            rows={4}
            spellCheck={false}
            value={csv}
            onChange={(event) => setCsv(event.target.value)}
          />
          <span role="status" className={missing.length > 0 ? 'bad' : 'quiet'}>
            {missing.length > 0 &&
              t('campaign.list.missing', {
                columns: missing
                  .map((one) => (one === 'who' ? t('campaign.list.who') : one))
                  .join(t('app.and')),
              })}
            {missing.length === 0 &&
              t('campaign.list.rows', { count: count(rowsOf(csv), language) })}
          </span>
        </p>
        <Button
          htmlType="submit"
          loading={add.isPending}
          disabled={rowsOf(csv) === 0 || missing.length > 0}
        >
          {t('campaign.list.add')}
        </Button>
      </form>
      {campaign.kind === 'reminder' && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (due !== null) add.mutate({ due_in_days: due })
          }}
        >
          <h3>{t('campaign.list.due')}</h3>
          <p className="quiet">{t('campaign.list.due.hint')}</p>
          <p className="row">
            <label htmlFor={`${id}days`}>{t('campaign.list.due.days')}</label>
            <Input
              id={`${id}days`}
              className="short"
              inputMode="numeric"
              maxLength={2}
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
            <Button htmlType="submit" loading={add.isPending} disabled={due === null || due > 60}>
              {t('campaign.list.due')}
            </Button>
          </p>
        </form>
      )}
    </Panel>
  )
}

function Outcome({ listed }: { listed: Listed }) {
  const { t, word, language } = useTexts()
  const figures: [string, number][] = [
    [t('campaign.list.added'), listed.added],
    [t('campaign.list.heldout'), listed.held_out],
    [t('campaign.list.known'), listed.known],
    [t('campaign.list.bad'), listed.bad.length],
  ]
  return (
    <div role="status">
      <dl className="figures-row">
        {figures.map(([name, figure]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(figure, language)}</dd>
          </div>
        ))}
      </dl>
      {listed.bad.length > 0 && (
        <ul className="list">
          {listed.bad.slice(0, NAMED).map((one) => (
            <li key={one.line}>
              <span className="figures">{t('campaign.list.line', { line: one.line })}</span>{' '}
              {word('campaign.bad', one.code, one.why)}
            </li>
          ))}
          {listed.bad.length > NAMED && (
            <li className="quiet">
              {t('campaign.list.more', { count: listed.bad.length - NAMED })}
            </li>
          )}
        </ul>
      )}
    </div>
  )
}
