/** How whoever this is may be contacted: every purpose by every way, and what it follows from. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { useState, type ReactNode } from 'react'
import {
  markVulnerable,
  permissionsQuery,
  type Channel,
  type Permissions as View,
  type Purpose,
  type Way,
} from '@/api/permissions'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { Failure } from './acts/Outcome'
import { MayReasons, MayWords } from './May'

const PURPOSES: readonly Purpose[] = [
  'service',
  'security',
  'reminder',
  'collection',
  'marketing',
  'survey',
]
const CHANNELS: readonly Channel[] = ['call', 'sms', 'email', 'letter', 'app']

interface Props {
  interaction: string
  up: boolean
  onStop: () => void
}

export function Permissions({ interaction, up, onStop }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const { data, error } = useQuery(permissionsQuery(interaction))
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  return (
    <>
      <h3>{t('permit.title')}</h3>
      {!data.known && <p className="quiet">{t('permit.unknown')}</p>}
      <Ways ways={data.ways} />
      <p className="row">
        <Button size="small" disabled={!up} onClick={onStop}>
          {t('permit.stop')} <kbd>{'U'}</kbd>
        </Button>
        {data.known && <Mark interaction={interaction} marked={data.vulnerable} up={up} />}
      </p>
      <Standing data={data} />
    </>
  )
}

function Mark({ interaction, marked, up }: { interaction: string; marked: boolean; up: boolean }) {
  const { t } = useTexts()
  const mark = useMutation({
    mutationFn: () => markVulnerable(interaction, !marked),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['interactions', interaction] }),
  })
  return (
    <>
      <Popconfirm
        title={t(marked ? 'permit.care.unmark' : 'permit.care.mark')}
        description={t(marked ? 'permit.care.end.sure' : 'permit.care.sure')}
        okText={t('app.confirm')}
        cancelText={t('app.cancel')}
        onConfirm={() => mark.mutate()}
      >
        <Button size="small" disabled={!up} loading={mark.isPending}>
          {t(marked ? 'permit.care.unmark' : 'permit.care.mark')}
        </Button>
      </Popconfirm>
      <Failure error={mark.error} />
    </>
  )
}

/** A table of answers; the field that is chosen shows all its reasons below. */
function Ways({ ways }: { ways: readonly Way[] }) {
  const { t, word } = useTexts()
  const [chosen, setChosen] = useState<{ purpose: Purpose; channel: Channel }>({
    purpose: 'service',
    channel: 'call',
  })
  const channels = CHANNELS.filter((one) => ways.some((way) => way.channel === one))
  const of = (purpose: Purpose, channel: Channel) =>
    ways.find((way) => way.purpose === purpose && way.channel === channel)
  const shown = of(chosen.purpose, chosen.channel)
  return (
    <>
      <div className="scroll">
        <table className="plain ways">
          <thead>
            <tr>
              <th scope="col">{t('permit.purpose')}</th>
              {channels.map((one) => (
                <th key={one} scope="col">
                  {word('channel', one)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {PURPOSES.map((purpose) => (
              <tr key={purpose}>
                <th scope="row">{word('purpose', purpose)}</th>
                {channels.map((channel) => {
                  const way = of(purpose, channel)
                  if (!way) return <td key={channel} />
                  const now = chosen.purpose === purpose && chosen.channel === channel
                  return (
                    <td key={channel}>
                      <button
                        type="button"
                        className={`way ${way.may.answer}`}
                        aria-pressed={now}
                        aria-label={`${word('purpose', purpose)} ${word('channel', channel)} ${t(`permit.${way.may.answer}`)}`}
                        onClick={() => setChosen({ purpose, channel })}
                      >
                        {t(`permit.${way.may.answer}`)}
                      </button>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="untold" aria-live="polite">
        {shown ? (
          <>
            <span>
              {t('permit.of', {
                purpose: word('purpose', chosen.purpose),
                channel: word('channel', chosen.channel),
              })}{' '}
              <MayWords may={shown.may} />
            </span>
            <MayReasons may={shown.may} />
          </>
        ) : (
          t('permit.pick')
        )}
      </div>
    </>
  )
}

function Standing({ data }: { data: View }) {
  const { t, word, language } = useTexts()
  const list = t('app.and')
  const { wishes } = data
  const wished: [string, string | null][] = [
    [t('permit.wishes.kinds'), wishes.kinds_off.map((one) => word('purpose', one)).join(list)],
    [
      t('permit.wishes.channels'),
      wishes.channels_off.map((one) => word('channel', one)).join(list),
    ],
    [
      t('permit.wishes.hours'),
      wishes.opens && wishes.closes
        ? t('permit.wishes.hours.of', {
            opens: wishes.opens.slice(0, 5),
            closes: wishes.closes.slice(0, 5),
          })
        : null,
    ],
    [
      t('permit.wishes.days'),
      wishes.days_off.map((one) => word('weekday', String(one))).join(list),
    ],
    [
      t('permit.wishes.most'),
      [
        wishes.most_week !== null && t('permit.wishes.week', { count: wishes.most_week }),
        wishes.most_month !== null && t('permit.wishes.month', { count: wishes.most_month }),
      ]
        .filter(Boolean)
        .join(list),
    ],
    [t('permit.wishes.paused'), wishes.paused_until && moment(wishes.paused_until, language)],
    [t('permit.wishes.rejected'), data.rejected.map((one) => one.phone ?? one.campaign).join(list)],
  ]
  const set = wished.filter(([, value]) => value)
  return (
    <>
      <Part title={t('permit.blocks')} none={t('permit.blocks.none')} empty={!data.blocks.length}>
        {data.blocks.map((one) => (
          <li key={`${one.kind}${one.since}`}>
            {word('permit.block', one.kind)}{' '}
            <span className="quiet">
              {t('permit.since', { time: moment(one.since, language) })}
              {one.until && t('permit.until', { time: moment(one.until, language) })}
            </span>
          </li>
        ))}
      </Part>
      {data.known && (
        <>
          <Part
            title={t('permit.consents')}
            none={t('permit.consents.none')}
            empty={!data.consents.length}
          >
            {data.consents.map((one) => (
              <li key={`${one.purpose}${one.channel}${one.since}`}>
                {word('purpose', one.purpose)} · {word('channel', one.channel)}{' '}
                <span className="quiet">
                  {moment(one.since, language)} {word('source', one.source)}
                </span>
              </li>
            ))}
          </Part>
          <Part title={t('permit.wishes')} none={t('permit.wishes.none')} empty={set.length === 0}>
            {set.map(([name, value]) => (
              <li key={name}>
                <span className="quiet">{name}</span> {value}
              </li>
            ))}
          </Part>
        </>
      )}
      <Part
        title={t('permit.withdrawals')}
        none={t('permit.withdrawals.none')}
        empty={!data.withdrawals.length}
      >
        {data.withdrawals.map((one) => (
          <li key={`${one.purpose}${one.channel}${one.at}`}>
            {word('purpose', one.purpose)} ·{' '}
            {one.channel ? word('channel', one.channel) : t('permit.all')}{' '}
            <span className="quiet">
              {moment(one.at, language)} {word('source', one.source)}
            </span>
          </li>
        ))}
      </Part>
      <Part title={t('permit.recent')} none={t('permit.recent.none')} empty={!data.recent.length}>
        {data.recent.map((one, index) => (
          <li key={index}>
            <span className="quiet">{moment(one.at, language)}</span> {word('purpose', one.purpose)}{' '}
            · {word('channel', one.channel)} {t(`permit.${one.answer}`)}
            {one.solicited && <span className="quiet"> {t('permit.recent.asked')}</span>}
            {one.codes.length > 0 && (
              <span className="quiet">
                {' '}
                {one.codes.map((code) => word('gate', code)).join(list)}
              </span>
            )}
          </li>
        ))}
      </Part>
    </>
  )
}

interface PartProps {
  title: string
  none: string
  empty: boolean
  children: ReactNode
}

function Part({ title, none, empty, children }: PartProps) {
  return (
    <section aria-label={title}>
      <h3 className="apart">{title}</h3>
      {empty ? <p className="quiet">{none}</p> : <ul className="list">{children}</ul>}
    </section>
  )
}
