/** Telling who did what the campaign is for, held-out people too: only so a difference is seen. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { tellResults, type CampaignView } from '@/api/campaigns'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { count } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { resultsOf } from './states'

const NAMED = 10

export function Results({ campaign }: { campaign: CampaignView }) {
  const { t, language } = useTexts()
  const id = useId()
  const [csv, setCsv] = useState('')
  const read = resultsOf(csv)
  const told = Object.keys(read.results).length
  const tell = useMutation({
    mutationFn: () => tellResults(campaign.id, read.results),
    onSuccess: async () => {
      setCsv('')
      await queries.invalidateQueries({ queryKey: ['campaigns'] })
    },
  })
  return (
    <Panel title={t('campaign.results')}>
      <p className="quiet">{t('campaign.results.why')}</p>
      <Failure error={tell.error} />
      {tell.data && (
        <div role="status">
          <p className="good">{t('campaign.results.done')}</p>
          {tell.data.length > 0 && (
            <p className="warn">
              {t('campaign.results.unknown', {
                count: count(tell.data.length, language),
                who: tell.data.slice(0, NAMED).join(t('app.and')),
              })}
            </p>
          )}
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          tell.mutate()
        }}
      >
        <p className="field">
          <label className="pick">
            {t('campaign.list.pick')}
            <input
              type="file"
              className="unseen"
              accept=".csv,text/csv"
              onChange={(event) => void event.target.files?.[0]?.text().then(setCsv)}
            />
          </label>
        </p>
        <p className="field">
          <label htmlFor={`${id}results`}>{t('campaign.results.paste')}</label>
          <Input.TextArea
            id={`${id}results`}
            rows={4}
            spellCheck={false}
            value={csv}
            onChange={(event) => setCsv(event.target.value)}
          />
          <span role="status" className={read.bad.length > 0 ? 'bad' : 'quiet'}>
            {read.bad.length > 0
              ? t('campaign.results.bad', { lines: read.bad.slice(0, NAMED).join(t('app.and')) })
              : t('campaign.list.rows', { count: count(told, language) })}
          </span>
        </p>
        <Button
          htmlType="submit"
          loading={tell.isPending}
          disabled={told === 0 || read.bad.length > 0}
        >
          {t('campaign.results.send')}
        </Button>
      </form>
    </Panel>
  )
}
