/** Taking a case in: a dispute, a failed transaction, an objection to the credit record. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState, type ReactNode } from 'react'
import { accountQuery, openDispute, openFailed, openObjection, type OpenedView } from '@/api/acts'
import type { View } from '@/api/client'
import { discard, useDraft } from '@/drafts/drafts'
import { useServerNow } from '@/format/Since'
import { useTexts } from '@/texts'
import { day } from '@/format/format'
import { partOf, unitOf } from '@/format/sums'
import { inLanguage } from '@/texts/words'
import { readAgain, type FormProps } from './form'
import { disputable, monthsBefore } from './kinds'
import { Failure, Refused } from './Outcome'
import { Part } from './Part'
import { PostingPicker } from './PostingPicker'
import { Said } from './Said'

const DISPUTE = [
  'not-mine',
  'wrong-amount',
  'charged-twice',
  'not-received',
  'refund-missing',
  'other',
] as const
const FAILED = ['declined', 'charged-though-failed', 'abnormal', 'other'] as const
const OBJECTION = ['paid-in-time', 'not-my-debt', 'wrong-entry', 'other'] as const
const MONTHS = 36
const LEAST = 4

type Body<T extends string> = { reason: T; told: string; key: string }

interface ShapeProps<T extends string> {
  form: FormProps
  reasons: readonly T[]
  /** What else must be chosen is there. */
  ready: boolean
  send: (body: Body<T>) => Promise<OpenedView>
  children: ReactNode
}

/** What the three have in common: a reason, what the holder told, how it ended. */
function Shape<T extends string>({ form, reasons, ready, send, children }: ShapeProps<T>) {
  const { t, word } = useTexts()
  const field = `act-${form.act.act}`
  const [reason, setReason] = useState<T | ''>('')
  const [told, setTold] = useDraft(form.interaction, field, '')
  const open = useMutation({
    mutationFn: (chosen: T) => send({ reason: chosen, told, key: form.press }),
    onSuccess: async (answer) => {
      if (answer.allowed) discard(form.interaction, field)
      await readAgain(form.interaction)
    },
  })
  if (open.data?.case) return <Taken opened={open.data} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (reason) open.mutate(reason)
      }}
    >
      <Failure error={open.error} />
      {open.data && <Refused verdict={open.data.verdict} />}
      {children}
      <p className="field">
        <label htmlFor="act-reason">{t('acts.reason')}</label>
        <select
          id="act-reason"
          value={reason}
          onChange={(event) => setReason(event.target.value as T)}
        >
          <option value="">{t('call.wrapup.pick')}</option>
          {reasons.map((one) => (
            <option key={one} value={one}>
              {word('case.reason', one)}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="act-told">{t('acts.told')}</label>
        <Input.TextArea
          id="act-told"
          rows={3}
          maxLength={2000}
          value={told}
          onChange={(event) => setTold(event.target.value)}
        />
        <span className="quiet">{t('acts.told.hint')}</span>
      </p>
      <Button
        type="primary"
        htmlType="submit"
        loading={open.isPending}
        disabled={!ready || !reason || told.trim().length < LEAST}
      >
        {t('acts.open')}
      </Button>
    </form>
  )
}

function Taken({ opened }: { opened: OpenedView }) {
  const { t, language } = useTexts()
  const one = opened.case
  if (!one) return null
  return (
    <>
      {opened.freeze_advised && <Alert type="error" role="alert" title={t('acts.case.freeze')} />}
      {opened.masked.length > 0 && (
        <Alert type="warning" role="status" title={t('call.note.masked')} />
      )}
      {opened.causes.length > 0 && (
        <>
          <h3>{t('acts.case.causes')}</h3>
          <ul className="why">
            {opened.causes.map((cause) => (
              <li key={cause.zh}>{inLanguage(cause, language)}</li>
            ))}
          </ul>
        </>
      )}
      <Said>
        {t(opened.already ? 'acts.case.already' : 'acts.case.said', {
          id: one.id,
          day: day(one.due_on, language),
        })}
      </Said>
    </>
  )
}

function useAccount(form: FormProps) {
  const { data, error } = useQuery(accountQuery(form.interaction))
  const account = data?.accounts.find((one) => one.id === form.act.account)
  return { data, error, account }
}

export function Dispute(form: FormProps) {
  const { t, word } = useTexts()
  const [posting, setPosting] = useState('')
  const [typed, setTyped] = useState('')
  const { account, error } = useAccount(form)
  const chosen = account?.postings.find((one) => one.id === posting)
  const charged = chosen && chosen.amount.fen > 0 ? chosen.amount.fen : null
  const part = partOf(typed, charged)
  return (
    <Shape
      form={form}
      reasons={DISPUTE}
      ready={posting !== '' && part.fault === ''}
      send={(body) =>
        openDispute(form.interaction, {
          ...body,
          posting,
          ...(part.fen === null ? {} : { amount: part.fen }),
        })
      }
    >
      <Failure error={error} />
      {account && (
        <PostingPicker
          postings={disputable(account.postings)}
          currency={account.currency}
          chosen={posting}
          onChoose={setPosting}
        />
      )}
      {account && chosen && (
        <Part
          label={t('acts.part.disputed', { unit: unitOf(account.currency, word) })}
          typed={typed}
          onType={setTyped}
          part={part}
          whole={charged}
          currency={account.currency}
        />
      )}
    </Shape>
  )
}

export function Failed(form: FormProps) {
  const { t, word } = useTexts()
  const [posting, setPosting] = useState('')
  const [card, setCard] = useState('')
  const [typed, setTyped] = useState('')
  const part = partOf(typed, null)
  const { data, account, error } = useAccount(form)
  const cards = data?.cards.filter((one) => one.account === form.act.account) ?? []
  const send = (body: Body<View['FailedTransactionBody']['reason']>) =>
    openFailed(form.interaction, {
      ...body,
      ...(posting
        ? { posting }
        : {
            account: form.act.account,
            ...(card ? { card } : {}),
            ...(part.fen === null ? {} : { amount: part.fen }),
          }),
    })
  const ready = account !== undefined && (posting !== '' || part.fault === '')
  return (
    <Shape form={form} reasons={FAILED} ready={ready} send={send}>
      <Failure error={error} />
      {account && (
        <PostingPicker
          postings={disputable(account.postings)}
          currency={account.currency}
          chosen={posting}
          onChoose={setPosting}
          none={t('acts.posting.never')}
        />
      )}
      {!posting && cards.length > 0 && (
        <p className="field">
          <label htmlFor="act-card">{t('acts.card')}</label>
          <select id="act-card" value={card} onChange={(event) => setCard(event.target.value)}>
            <option value="">{t('acts.card.unknown')}</option>
            {cards.map((one) => (
              <option key={one.id} value={one.id}>
                •••• {one.tail}
              </option>
            ))}
          </select>
        </p>
      )}
      {!posting && account && (
        <Part
          label={t('acts.part.failed', { unit: unitOf(account.currency, word) })}
          typed={typed}
          onType={setTyped}
          part={part}
          whole={null}
          currency={account.currency}
        />
      )}
    </Shape>
  )
}

export function Objection(form: FormProps) {
  const { t } = useTexts()
  const [month, setMonth] = useState('')
  const now = useServerNow(60_000)
  const account = form.act.account ?? ''
  return (
    <Shape
      form={form}
      reasons={OBJECTION}
      ready={month !== '' && account !== ''}
      send={(body) => openObjection(form.interaction, { ...body, account, month })}
    >
      <p className="field">
        <label htmlFor="act-month">{t('acts.month')}</label>
        <select id="act-month" value={month} onChange={(event) => setMonth(event.target.value)}>
          <option value="">{t('call.wrapup.pick')}</option>
          {monthsBefore(now, MONTHS).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <span className="quiet">{t('acts.objection.rule')}</span>
      </p>
    </Shape>
  )
}
