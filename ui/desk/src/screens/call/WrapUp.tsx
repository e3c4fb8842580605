/** What is written down of a conversation: matter, outcome, promises, and the last two questions. */
import { useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Input } from 'antd'
import { useEffect, useRef } from 'react'
import { Refusal } from '@/api/client'
import { sentence } from '@/api/sentences'
import { catalogueQuery, takePause, type Words } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { clock } from '@/format/format'
import { useKeys } from '@/keys/useKeys'
import { useDoing } from '@/softphone/useDoing'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { BothQuestions } from './BothQuestions'
import { Promises } from './Promises'
import { useWrapUp } from './useWrapUp'

export function WrapUp({ interaction, up }: { interaction: string; up: boolean }) {
  const spoken = useTexts()
  const { t, language } = spoken
  const { data: words } = useQuery(catalogueQuery)
  const { typed, stored, completed, unsaved, save, complete, change } = useWrapUp(interaction)
  const first = useRef<HTMLSelectElement>(null)
  const doing = useDoing()
  useKeys([
    {
      keys: 'z',
      text: 'call.key.wrapup',
      group: 'call.group',
      run: () => first.current?.focus(),
    },
  ])
  const made = complete.data?.tasks.length ?? 0
  if (completed)
    return (
      <Panel title={t('call.wrapup')}>
        <p className="good" role="status">
          {[
            t('call.wrapup.done'),
            ...(made > 0 ? [t('call.wrapup.tasks', { count: made })] : []),
          ].join(' · ')}
        </p>
        {complete.data?.pause_seconds != null && (
          <Pause interaction={interaction} seconds={complete.data.pause_seconds} />
        )}
      </Panel>
    )
  const stale = save.error instanceof Refusal && save.error.code === 'stale-version'
  const failed = complete.error ?? (stale ? null : save.error)
  const missing = complete.data?.allowed === false ? complete.data.verdict.reasons : []
  return (
    <Panel
      title={t('call.wrapup')}
      extra={
        <span className="quiet figures">
          {unsaved
            ? t('call.wrapup.unsaved')
            : stored && stored.version > 0
              ? t('call.wrapup.saved', { time: clock(stored.saved_at) })
              : ''}
        </span>
      }
    >
      {stale && <Alert type="warning" role="alert" title={t('call.wrapup.stale')} />}
      {failed && <Alert type="error" role="alert" title={sentence(failed, spoken)} />}
      {missing.length > 0 && (
        <Shown once={complete.data}>
          <Alert
            type="warning"
            role="alert"
            title={t('call.wrapup.missing')}
            description={
              <ul className="inline">
                {missing.map((one) => (
                  <li key={one.code}>{inLanguage(one, language)}</li>
                ))}
              </ul>
            }
          />
        </Shown>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          complete.mutate()
        }}
      >
        <div className="two">
          <Choice
            ref={first}
            id="matter"
            label={t('call.wrapup.matter')}
            words={words?.matters ?? []}
            value={typed.matter}
            onChange={(matter) => change({ matter })}
          />
          <Choice
            id="outcome"
            label={t('call.wrapup.outcome')}
            words={words?.outcomes ?? []}
            value={typed.outcome}
            onChange={(outcome) => change({ outcome })}
          />
        </div>
        <p className="field">
          <label htmlFor="summary">{t('call.wrapup.summary')}</label>
          <Input.TextArea
            id="summary"
            rows={4}
            maxLength={4000}
            placeholder={t('call.wrapup.summary.hint')}
            value={typed.summary}
            onChange={(event) => change({ summary: event.target.value })}
          />
        </p>
        <Promises promises={typed.promises} onChange={(promises) => change({ promises })} />
        <BothQuestions typed={typed} change={change} />
        <Button
          type="primary"
          htmlType="submit"
          disabled={up}
          loading={complete.isPending || doing.busy}
        >
          {t('call.wrapup.complete')}
        </Button>
      </form>
    </Panel>
  )
}

/** Brings itself into sight whenever `once` is another: on a low screen it may lie above or below. */
function Shown({ once, children }: { once: unknown; children: React.ReactNode }) {
  const here = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // In braces: newer browsers give a promise here, which is no way to clean up.
    here.current?.scrollIntoView({ block: 'nearest' })
  }, [once])
  return <div ref={here}>{children}</div>
}

interface ChoiceProps {
  id: string
  label: string
  words: Words[]
  value: string
  onChange: (code: string) => void
  ref?: React.Ref<HTMLSelectElement>
}

function Choice({ id, label, words, value, onChange, ref }: ChoiceProps) {
  const { t, language } = useTexts()
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <select ref={ref} id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t('call.wrapup.pick')}</option>
        {words.map((one) => (
          <option key={one.code} value={one.code}>
            {inLanguage(one, language)}
          </option>
        ))}
      </select>
    </p>
  )
}

function Pause({ interaction, seconds }: { interaction: string; seconds: number }) {
  const spoken = useTexts()
  const { t } = spoken
  const { message } = Messages.useApp()
  const take = async () => {
    try {
      await takePause(interaction)
    } catch (error) {
      void message.error(sentence(error, spoken))
    }
  }
  return (
    <>
      <p>{t('call.pause')}</p>
      <Button onClick={() => void take()}>
        {t('call.pause.take', { minutes: Math.round(seconds / 60) })}
      </Button>
    </>
  )
}
