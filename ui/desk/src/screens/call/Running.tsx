/** What runs for this holder: cases that wait for an answer, requests that have not ended. */
import { Link as Anchor } from 'wouter'
import type { ScreenView, ShownCard } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { day, moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { stateWordsOf } from './acts/kinds'

interface Props {
  cases: ScreenView['cases']
  pending: ScreenView['pending']
  cards: readonly ShownCard[]
}

export function Running({ cases, pending, cards }: Props) {
  const { t, word, language } = useTexts()
  if (cases.length === 0 && pending.length === 0) return null
  const tailOf = (about: string | null) => cards.find((one) => one.id === about)?.tail
  return (
    <Panel title={t('call.running')}>
      <ul className="list">
        {cases.map((one) => (
          <li key={one.id}>
            <div className="row">
              <Anchor href={`/cases/${one.id}`} className="grow">
                {inLanguage(one.kind, language)}
              </Anchor>
              <strong>{word('case.state', one.state)}</strong>
            </div>
            <div className="quiet">
              {word('case.reason', one.reason)} · {t('case.due')} {day(one.due_on, language)}
              {!one.due_known && ` ${t('case.due.unknown')}`}
              {one.owner && ` · ${t('case.owner')} ${one.owner}`}
            </div>
          </li>
        ))}
        {pending.map((one) => (
          <li key={one.id}>
            <div className="row">
              <span className="grow">
                {inLanguage(one.kind, language)}{' '}
                {tailOf(one.about) && (
                  <span className="figures quiet">•••• {tailOf(one.about)}</span>
                )}
              </span>
              <strong>{word(stateWordsOf(one.kind.code), one.state)}</strong>
            </div>
            <div className="quiet">
              {moment(one.asked_at, language)}
              {one.until && ` · ${t('call.card.until', { time: moment(one.until, language) })}`}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
