/** A call that a campaign placed: the opening first, then the script, then what became of it. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useRef, useState } from 'react'
import {
  campaignCallQuery,
  confirmOpening,
  dispose,
  type CampaignCall,
  type Disposition,
} from '@/api/campaigns'
import { callTrustQuery } from '@/api/trust'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { DateField } from '@/format/DateField'
import { fromLocalInput } from '@/format/zone'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { Failure } from './acts/Outcome'

const DISPOSITIONS: readonly Disposition[] = [
  'done',
  'promised',
  'call-again',
  'refused',
  'wrong-person',
  'complained',
  'hardship',
]

export function BankCall({ interaction }: { interaction: string }) {
  const { t } = useTexts()
  const { data: call } = useQuery(campaignCallQuery(interaction))
  const { data: trust } = useQuery(callTrustQuery(interaction))
  if (!call) return null
  const waits = call.opening === 'read' && call.opened_at === null
  const code = trust?.code?.[call.language]
  return (
    <Panel title={t('bankcall.title', { name: call.name })} {...(waits ? { tone: 'warn' } : {})}>
      <Opening call={call} interaction={interaction} waits={waits} />
      {!waits && call.script[call.language] && (
        <>
          <h3>{t('bankcall.script')}</h3>
          <p className="text">{call.script[call.language]}</p>
        </>
      )}
      {code && (
        <dl className="facts apart">
          <dt>{t('bankcall.code')}</dt>
          <dd>
            <strong>{code.join(t('app.and'))}</strong>
            <div className="quiet">{t('bankcall.code.hint')}</div>
          </dd>
        </dl>
      )}
      <Result call={call} interaction={interaction} waits={waits} />
    </Panel>
  )
}

interface Props {
  call: CampaignCall
  interaction: string
  waits: boolean
}

function readAgain(interaction: string) {
  return queries.invalidateQueries({ queryKey: ['interactions', interaction] })
}

function Opening({ call, interaction, waits }: Props) {
  const { t } = useTexts()
  const confirm = useMutation({
    mutationFn: () => confirmOpening(interaction),
    onSuccess: () => readAgain(interaction),
  })
  const run = () => {
    if (!confirm.isPending) confirm.mutate()
  }
  useKeys([{ keys: 'b', text: 'bankcall.key.confirm', group: 'call.group', run }], {
    active: waits,
  })
  if (!waits)
    return (
      <p className="good">{t(call.opening === 'played' ? 'bankcall.played' : 'bankcall.opened')}</p>
    )
  return (
    <>
      <p>
        <strong>{t('bankcall.read')}</strong> {t('bankcall.read.why')}
      </p>
      <ol className="opening">
        {call.words[call.language]?.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
      <Failure error={confirm.error} />
      <Button type="primary" loading={confirm.isPending} onClick={run}>
        {t('bankcall.confirm')} <kbd>{'B'}</kbd>
      </Button>
    </>
  )
}

function Result({ call, interaction, waits }: Props) {
  const { t, word } = useTexts()
  const [chosen, setChosen] = useState<Disposition | ''>(call.disposition ?? '')
  const [note, setNote] = useDraft(interaction, 'bank-call', '')
  const [again, setAgain] = useState('')
  const field = useRef<HTMLSelectElement>(null)
  const at = chosen === 'call-again' ? fromLocalInput(again) : null
  const save = useMutation({
    mutationFn: (disposition: Disposition) =>
      dispose(interaction, { disposition, note, ...(at ? { again_at: at } : {}) }),
    onSuccess: async () => {
      discard(interaction, 'bank-call')
      await readAgain(interaction)
    },
  })
  useKeys([
    {
      keys: 'd',
      text: 'bankcall.key.disposition',
      group: 'call.group',
      run: () => field.current?.focus(),
    },
  ])
  return (
    <form
      className="apart"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen) save.mutate(chosen)
      }}
    >
      <Failure error={save.error} />
      {call.disposition && (
        <p className="good" role="status">
          {t('bankcall.saved', { what: word('campaign.disposition', call.disposition) })}
        </p>
      )}
      <p className="field">
        <label htmlFor="disposition">{t('bankcall.disposition')}</label>
        <select
          ref={field}
          id="disposition"
          value={chosen}
          onChange={(event) => setChosen(event.target.value as Disposition)}
        >
          <option value="">{t('call.wrapup.pick')}</option>
          {DISPOSITIONS.map((one) => (
            <option key={one} value={one}>
              {word('campaign.disposition', one)}
            </option>
          ))}
        </select>
      </p>
      {chosen === 'call-again' && (
        <p className="field">
          <label htmlFor="disposition-again">{t('bankcall.again')}</label>
          <DateField id="disposition-again" time value={again} onChange={setAgain} />
        </p>
      )}
      <p className="field">
        <label htmlFor="disposition-note">{t('bankcall.note')}</label>
        <Input
          id="disposition-note"
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </p>
      {waits && <p className="quiet">{t('bankcall.first')}</p>}
      <Button
        htmlType="submit"
        loading={save.isPending}
        disabled={!chosen || waits || (chosen === 'call-again' && !at)}
      >
        {t('bankcall.save')}
      </Button>
    </form>
  )
}
