/** A new campaign as a draft: nobody is contacted before somebody starts it. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useId, useState, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import {
  createCampaign,
  type Kind,
  type Machines,
  type Mode,
  type NewCampaign,
} from '@/api/campaigns'
import { queuesQuery } from '@/api/routing'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { shareOf } from './states'

const KINDS: readonly Kind[] = ['reminder', 'collection', 'alert', 'care', 'offer', 'survey']
const MODES: readonly Mode[] = ['preview', 'progressive', 'predictive']
const MACHINES: readonly Machines[] = ['ignore', 'hang-up', 'message']

interface Typed {
  name: string
  kind: Kind
  channel: 'call' | 'sms'
  mode: Mode
  matter: string
  opening: 'played' | 'read'
  zh: string
  en: string
  minutes: string
  opens: string
  closes: string
  retries: string
  limit: string
  holdout: string
  machines: Machines | ''
}

const CLOCK = /^([01]?\d|2[0-3]):[0-5]\d$/
const HOURS = { opens: '09:00', closes: '20:00' }

const FIRST: Typed = {
  name: '',
  kind: 'reminder',
  channel: 'call',
  mode: 'preview',
  matter: 'general',
  opening: 'read',
  zh: '',
  en: '',
  minutes: '3',
  opens: '',
  closes: '',
  retries: '',
  limit: '',
  holdout: '',
  machines: '',
}

function whole(typed: string): number | null {
  return /^\d{1,2}$/.test(typed.trim()) ? Number(typed) : null
}

/** What is sent; null where something typed is no figure. */
function bodyOf(typed: Typed): NewCampaign | null {
  const figures = {
    retries: typed.retries ? whole(typed.retries) : undefined,
    abandonment_limit: typed.limit ? shareOf(typed.limit) : undefined,
    hold_out: typed.holdout ? shareOf(typed.holdout) : undefined,
  }
  const minutes = whole(typed.minutes)
  const hours = [typed.opens, typed.closes].every((one) => one === '' || CLOCK.test(one))
  if (!hours || minutes === null || Object.values(figures).includes(null)) return null
  const script = { ...(typed.zh ? { zh: typed.zh } : {}), ...(typed.en ? { en: typed.en } : {}) }
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    channel: typed.channel,
    mode: typed.mode,
    matter: typed.matter,
    opening: typed.opening,
    script,
    minutes,
    ...(typed.machines && typed.channel === 'call' ? { machines: typed.machines } : {}),
    ...(typed.opens ? { opens: typed.opens.padStart(5, '0') } : {}),
    ...(typed.closes ? { closes: typed.closes.padStart(5, '0') } : {}),
    ...Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined)),
  }
}

export function Create({ onClose }: { onClose: () => void }) {
  const { t, word } = useTexts()
  const [, go] = useLocation()
  const id = useId()
  const [typed, setTyped] = useState(FIRST)
  const { data: queues = [] } = useQuery(queuesQuery)
  const matters = [...new Set(queues.map((one) => one.matter))]
  const set = (part: Partial<Typed>) => setTyped((before) => ({ ...before, ...part }))
  const body = bodyOf(typed)
  const calls = typed.channel === 'call'
  const scriptless = calls && typed.kind === 'offer' && !typed.zh.trim() && !typed.en.trim()
  const create = useMutation({
    mutationFn: createCampaign,
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['campaigns'] })
      go(`/campaigns/${made.id}`)
    },
  })
  const text = (
    field: 'name' | 'minutes' | 'retries' | 'limit' | 'holdout',
    label: string,
    hint = '',
  ) => (
    <Field id={`${id}${field}`} label={label}>
      <Input
        id={`${id}${field}`}
        autoFocus={field === 'name'}
        maxLength={field === 'name' ? 80 : 5}
        inputMode={field === 'name' ? 'text' : 'decimal'}
        placeholder={hint}
        value={typed[field]}
        onChange={(event) => set({ [field]: event.target.value })}
      />
    </Field>
  )
  return (
    <Dialog
      open
      width={760}
      title={t('campaign.new')}
      okText={t('campaign.create')}
      cancelText={t('app.cancel')}
      confirmLoading={create.isPending}
      okButtonProps={{ disabled: !typed.name.trim() || body === null || scriptless }}
      onOk={() => body && create.mutate(body)}
      onCancel={onClose}
    >
      <Failure error={create.error} />
      <p className="quiet">{t('campaign.create.hint')}</p>
      {text('name', t('campaign.name'))}
      <div className="three">
        <Field id={`${id}kind`} label={t('campaign.kind')}>
          <select
            id={`${id}kind`}
            value={typed.kind}
            onChange={(event) => set({ kind: event.target.value as Kind })}
          >
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {word('campaign.kind', one)}
              </option>
            ))}
          </select>
        </Field>
        <Field id={`${id}way`} label={t('campaign.way')}>
          <select
            id={`${id}way`}
            value={typed.channel}
            onChange={(event) => set({ channel: event.target.value as Typed['channel'] })}
          >
            <option value="call">{t('campaign.way.call')}</option>
            <option value="sms">{t('campaign.way.sms')}</option>
          </select>
        </Field>
        {text('holdout', t('campaign.holdout.field'), t('campaign.default'))}
      </div>
      <p className="quiet">{t('campaign.holdout.hint')}</p>
      {calls && (
        <>
          <div className="three">
            <Field id={`${id}mode`} label={t('campaign.mode')}>
              <select
                id={`${id}mode`}
                value={typed.mode}
                onChange={(event) => set({ mode: event.target.value as Mode })}
              >
                {MODES.map((one) => (
                  <option key={one} value={one}>
                    {word('campaign.mode', one)}
                  </option>
                ))}
              </select>
            </Field>
            <Field id={`${id}opening`} label={t('campaign.opening')}>
              <select
                id={`${id}opening`}
                value={typed.opening}
                onChange={(event) => set({ opening: event.target.value as Typed['opening'] })}
              >
                <option value="read">{t('campaign.opening.read')}</option>
                <option value="played">{t('campaign.opening.played')}</option>
              </select>
            </Field>
            <Field id={`${id}matter`} label={t('campaign.matter')}>
              <select
                id={`${id}matter`}
                value={typed.matter}
                onChange={(event) => set({ matter: event.target.value })}
              >
                {matters.map((one) => (
                  <option key={one} value={one}>
                    {word('matter', one)}
                  </option>
                ))}
              </select>
            </Field>
          </div>
          <p className="quiet">{word('campaign.mode', `${typed.mode}.hint`)}</p>
          <div className="three">
            {text('minutes', t('campaign.minutes'))}
            {text('retries', t('campaign.retries'), t('campaign.default'))}
            {text('limit', t('campaign.limit.field'), t('campaign.default'))}
          </div>
          <Field id={`${id}machines`} label={t('campaign.machines')}>
            <select
              id={`${id}machines`}
              aria-describedby={`${id}machineshint`}
              value={typed.machines}
              onChange={(event) => set({ machines: event.target.value as Typed['machines'] })}
            >
              <option value="">{t('campaign.default')}</option>
              {MACHINES.map((one) => (
                <option key={one} value={one}>
                  {word('campaign.machines', one)}
                </option>
              ))}
            </select>
          </Field>
          <p className="quiet" id={`${id}machineshint`}>
            {t('campaign.machines.hint')}
          </p>
        </>
      )}
      <fieldset className="plainset row">
        <legend>{t('campaign.hours')}</legend>
        {(['opens', 'closes'] as const).map((field) => (
          <label key={field}>
            {t(`campaign.${field}`)}{' '}
            <Input
              className="clock"
              maxLength={5}
              inputMode="numeric"
              placeholder={HOURS[field]}
              aria-invalid={typed[field] !== '' && !CLOCK.test(typed[field])}
              value={typed[field]}
              onChange={(event) => set({ [field]: event.target.value })}
            />
          </label>
        ))}
        <span className="quiet">{!typed.opens && !typed.closes && t('campaign.default')}</span>
      </fieldset>
      {calls && (
        <div className="two">
          {(['zh', 'en'] as const).map((tongue) => (
            <Field key={tongue} id={`${id}${tongue}`} label={t(`campaign.script.${tongue}`)}>
              <Input.TextArea
                id={`${id}${tongue}`}
                rows={3}
                maxLength={2000}
                value={typed[tongue]}
                onChange={(event) => set({ [tongue]: event.target.value })}
              />
            </Field>
          ))}
        </div>
      )}
      {scriptless && <p className="warn">{t('campaign.script.offer')}</p>}
    </Dialog>
  )
}

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      {children}
    </p>
  )
}
