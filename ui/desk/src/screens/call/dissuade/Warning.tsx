/** The script step by step, the cooling-off that is offered, and the warning that goes on record. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Input } from 'antd'
import { useState } from 'react'
import { warnOfScam, type Judgement, type Persuasion } from '@/api/trust'
import type { ShownCard } from '@/api/workplace'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { moment } from '@/format/format'
import { useTexts, type Language } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Failure } from '../acts/Outcome'
import { Heard, type Received } from './Heard'
import { holdable, toggled, worthTelling } from './reasons'

interface Props {
  interaction: string
  cards: readonly ShownCard[]
  known: boolean
  speaks: Language
  script: Persuasion
  onClose: () => void
}

const LEAST = 4
const NOTHING: Received = { kind: 'call', text: '', sender: '' }

export function Warning({ interaction, cards, known, speaks, script, onClose }: Props) {
  const { t, language } = useTexts()
  const { message } = Messages.useApp()
  const [received, setReceived] = useDraft<Received>(interaction, 'dissuade-heard', NOTHING)
  const [reasons, setReasons] = useDraft<string[]>(interaction, 'dissuade-reasons', [])
  const [found, setFound] = useDraft<string[]>(interaction, 'dissuade-found', [])
  const [told, setTold] = useDraft<string[]>(interaction, 'dissuade-told', [])
  const [words, setWords] = useDraft(interaction, 'dissuade-words', '')
  const [goesOn, setGoesOn] = useState<boolean | null>(null)
  const [card, setCard] = useState('')
  const [agreed, setAgreed] = useState(false)
  const save = useMutation({
    mutationFn: () =>
      warnOfScam(interaction, {
        ...received,
        reasons,
        told,
        words,
        goes_on: goesOn === true,
        card: card || null,
        agreed,
      }),
    onSuccess: async (done) => {
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      await queries.invalidateQueries({ queryKey: ['scam-warnings'] })
      if (!done.allowed) return
      discard(interaction, 'dissuade')
      const until = done.warning?.cools_until
      void message.success(
        until ? t('dissuade.held', { until: moment(until, language) }) : t('dissuade.done'),
        8,
      )
      onClose()
    },
  })
  const judged = (judgement: Judgement) => {
    const codes = worthTelling(judgement, script)
    setFound(codes)
    setReasons([...new Set([...reasons, ...codes])])
  }
  const shown = script.reasons.filter(
    (one) => found.includes(one.code) || reasons.includes(one.code),
  )
  const others = script.reasons.filter((one) => !shown.includes(one))
  const refused = save.data?.allowed === false ? save.data.refusals : null
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Heard
        interaction={interaction}
        received={received}
        onChange={setReceived}
        onJudged={judged}
      />

      <fieldset className="plainset apart">
        <legend>{t('dissuade.reasons')}</legend>
        {shown.length === 0 && <p className="quiet">{t('dissuade.reasons.none')}</p>}
        {shown.map((one) => (
          <label key={one.code} className="line">
            <input
              type="checkbox"
              checked={reasons.includes(one.code)}
              onChange={() => setReasons(toggled(reasons, one.code))}
            />{' '}
            {inLanguage(one, speaks)}
          </label>
        ))}
        <label htmlFor="dissuade-more" className="unseen">
          {t('dissuade.reasons.more')}
        </label>
        <select
          id="dissuade-more"
          value=""
          onChange={(event) => event.target.value && setReasons([...reasons, event.target.value])}
        >
          <option value="">{t('dissuade.reasons.more')}</option>
          {others.map((one) => (
            <option key={one.code} value={one.code}>
              {inLanguage(one, speaks)}
            </option>
          ))}
        </select>
      </fieldset>

      <section className="apart" aria-labelledby="dissuade-script">
        <h3 id="dissuade-script">{t('dissuade.script')}</h3>
        <ol className="opening">
          {script.steps.map((step) => (
            <li key={step.code}>
              <label>
                <input
                  type="checkbox"
                  checked={told.includes(step.code)}
                  onChange={() => setTold(toggled(told, step.code))}
                />{' '}
                <strong>{inLanguage(step.title, language)}</strong>
              </label>
              {step.say.map((sentence) => (
                <p key={sentence.zh} className="text">
                  {inLanguage(sentence, speaks)}
                </p>
              ))}
            </li>
          ))}
        </ol>
        <details>
          <summary>{t('dissuade.objections')}</summary>
          <dl>
            {script.objections.map((one) => (
              <div key={one.code}>
                <dt>{inLanguage(one.they, speaks)}</dt>
                <dd className="text">{inLanguage(one.you, speaks)}</dd>
              </div>
            ))}
          </dl>
        </details>
      </section>

      <Cooling
        cards={cards}
        card={card}
        agreed={agreed}
        script={script}
        onCard={setCard}
        onAgreed={setAgreed}
      />

      <section className="apart" aria-labelledby="dissuade-record">
        <h3 id="dissuade-record">{t('dissuade.record')}</h3>
        <p className="field">
          <label htmlFor="dissuade-words">{t('dissuade.words')}</label>
          <Input.TextArea
            id="dissuade-words"
            rows={2}
            maxLength={1000}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </p>
        <fieldset className="plainset row">
          <legend>{t('dissuade.decision')}</legend>
          {([false, true] as const).map((one) => (
            <label key={String(one)}>
              <input
                type="radio"
                name="dissuade-decision"
                checked={goesOn === one}
                onChange={() => setGoesOn(one)}
              />{' '}
              {t(one ? 'dissuade.goes' : 'dissuade.stops')}
            </label>
          ))}
        </fieldset>
        <p className="quiet">{t('dissuade.seen')}</p>
      </section>

      <Failure error={save.error} />
      {refused && (
        <Alert
          type="warning"
          role="alert"
          title={t('dissuade.refused')}
          description={refused
            .map((one) => (one.words ? inLanguage(one.words, language) : one.code))
            .join(' · ')}
        />
      )}
      <Button
        type="primary"
        htmlType="submit"
        loading={save.isPending}
        disabled={!known || reasons.length === 0 || words.trim().length < LEAST || goesOn === null}
      >
        {t('dissuade.save')}
      </Button>
    </form>
  )
}

interface CoolingProps {
  cards: readonly ShownCard[]
  card: string
  agreed: boolean
  script: Persuasion
  onCard: (card: string) => void
  onAgreed: (agreed: boolean) => void
}

/** Which acts are delayed, until when, and who may end it: told before anybody agrees. */
function Cooling({ cards, card, agreed, script, onCard, onAgreed }: CoolingProps) {
  const { t, language } = useTexts()
  const offered = cards.filter(holdable)
  const { cooling_off: cooling } = script
  return (
    <section className="apart" aria-labelledby="dissuade-cooling">
      <h3 id="dissuade-cooling">{t('dissuade.cooling', { hours: cooling.hours })}</h3>
      <ul className="list">
        <li>{inLanguage(cooling.stops, language)}</li>
        <li>{inLanguage(cooling.stays, language)}</li>
        <li>{t('dissuade.cooling.until', { until: moment(cooling.until, language) })}</li>
        <li>{inLanguage(cooling.ends, language)}</li>
      </ul>
      {offered.length === 0 && <p className="quiet">{t('dissuade.cooling.none')}</p>}
      {offered.length > 0 && (
        <p className="field">
          <label htmlFor="dissuade-card">{t('dissuade.cooling.card')}</label>
          <select id="dissuade-card" value={card} onChange={(event) => onCard(event.target.value)}>
            <option value="">{t('dissuade.cooling.no')}</option>
            {offered.map((one) => (
              <option key={one.id} value={one.id}>{`•••• ${one.tail}`}</option>
            ))}
          </select>
        </p>
      )}
      {card !== '' && (
        <p>
          <label>
            <input
              type="checkbox"
              checked={agreed}
              onChange={(event) => onAgreed(event.target.checked)}
            />{' '}
            {t('dissuade.cooling.agreed')}
          </label>
        </p>
      )}
    </section>
  )
}
