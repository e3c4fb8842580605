/** What is officially ours: numbers, names, domains, offers, each with its time. */
import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { sentence } from '@/api/sentences'
import { registryQuery, type Official, type OfficialKind } from '@/api/trust'
import { Badge, type Tone } from '@/app/Badge'
import { useMe } from '@/app/me'
import { day } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Add } from './Add'
import { Check } from './Check'
import { End } from './End'
import { isEntered, periodOf, type Period } from './periods'

const KINDS: readonly OfficialKind[] = ['number', 'sender', 'domain', 'campaign']
const TONE: Record<Period, Tone> = { running: 'good', coming: 'accent', over: 'quiet' }

export default function Registry() {
  const spoken = useTexts()
  const { t } = spoken
  const me = useMe()
  const keeps = me.role === 'compliance' || me.role === 'administrator'
  const [kind, setKind] = useState<OfficialKind | 'all'>('all')
  const [over, setOver] = useState(false)
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<Official | null>(null)
  const { data: all, error } = useQuery(registryQuery)
  const shown = all
    ?.filter((one) => kind === 'all' || one.kind === kind)
    .filter((one) => over || periodOf(one, serverNow()) !== 'over')
    .toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('registry.title')}</h1>
        {keeps && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('registry.add')}
          </Button>
        )}
      </div>
      <p className="quiet">{t('registry.what')}</p>
      <div className="column">
        <Check />
        <section className="panel" aria-label={t('registry.title')}>
          <div className="row headed">
            <Segmented
              value={kind}
              onChange={setKind}
              options={(['all', ...KINDS] as const).map((one) => ({
                value: one,
                label: t(`registry.kind.${one}`),
              }))}
            />
            <span className="grow" />
            <label>
              <input
                type="checkbox"
                checked={over}
                onChange={(event) => setOver(event.target.checked)}
              />{' '}
              {t('registry.over.show')}
            </label>
          </div>
          {error && <p className="bad">{sentence(error, spoken)}</p>}
          {!all && !error && <p className="quiet">{t('app.loading')}</p>}
          {shown?.length === 0 && <p className="quiet">{t('registry.none')}</p>}
          {shown && shown.length > 0 && (
            <List shown={shown} keeps={keeps} onEnd={(one) => setEnding(one)} />
          )}
        </section>
      </div>
      {adding && <Add onClose={() => setAdding(false)} />}
      {ending && <End entry={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

interface ListProps {
  shown: readonly Official[]
  keeps: boolean
  onEnd: (one: Official) => void
}

function List({ shown, keeps, onEnd }: ListProps) {
  const { t, word, language } = useTexts()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('registry.kind')}</th>
          <th scope="col">{t('registry.value')}</th>
          <th scope="col">{t('registry.name')}</th>
          <th scope="col">{t('registry.since')}</th>
          <th scope="col">{t('registry.until')}</th>
          <th scope="col">{t('registry.state')}</th>
          {keeps && <th scope="col">{t('campaign.do')}</th>}
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => {
          const period = periodOf(one, serverNow())
          return (
            <tr key={`${one.id}${one.kind}${one.value}`}>
              <td>{word('registry.kind', one.kind)}</td>
              <th scope="row" className="figures">
                {one.shown}
              </th>
              <td>
                {inLanguage(one, language)}
                {one.ended_why && (
                  <div className="quiet">{t('registry.why', { why: one.ended_why })}</div>
                )}
              </td>
              <td className="nowrap">{isEntered(one) && day(one.since, language)}</td>
              <td className="nowrap">
                {one.until ? day(one.until, language) : t('registry.open')}
              </td>
              <td>
                <Badge tone={TONE[period]}>{t(`registry.state.${period}`)}</Badge>
              </td>
              {keeps && (
                <td>
                  {!isEntered(one) && <span className="quiet">{t('registry.setting')}</span>}
                  {isEntered(one) && period !== 'over' && (
                    <Button
                      size="small"
                      aria-label={`${t('registry.end')} ${one.shown}`}
                      onClick={() => onEnd(one)}
                    >
                      {t('registry.end')}
                    </Button>
                  )}
                </td>
              )}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
