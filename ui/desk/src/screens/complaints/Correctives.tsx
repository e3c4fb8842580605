/** What is done about causes, until when, and how many complaints came before and after. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Messages, Button } from 'antd'
import { useState } from 'react'
import {
  correctivesQuery,
  finishCorrective,
  openCorrective,
  type Corrective,
} from '@/api/complaintReports'
import { complaintWordsQuery } from '@/api/complaints'
import { sentence } from '@/api/sentences'
import { Dialog } from '@/app/Dialog'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { DateField } from '@/format/DateField'
import { day } from '@/format/format'
import { serverNow } from '@/live/clock'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { dueOf } from './due'
import { LineField, Pick, TextField } from './fields'
import { changeOf } from './weeks'

const LEAST = 2
const REFRESHED = { queryKey: ['complaints'] }

export function Correctives() {
  const spoken = useTexts()
  const { t } = spoken
  const me = useMe()
  const handles = me.role === 'lead' || me.role === 'compliance'
  const [opening, setOpening] = useState(false)
  const [finishing, setFinishing] = useState<Corrective | null>(null)
  const { data: all, error } = useQuery(correctivesQuery)
  return (
    <Panel
      title={t('corrective.title')}
      extra={
        handles && (
          <Button size="small" onClick={() => setOpening(true)}>
            {t('corrective.open')}
          </Button>
        )
      }
    >
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!all && !error && <p className="quiet">{t('app.loading')}</p>}
      {all?.length === 0 && <p className="quiet">{t('corrective.none')}</p>}
      {all && all.length > 0 && <List all={all} {...(handles ? { onFinish: setFinishing } : {})} />}
      {opening && <Open onClose={() => setOpening(false)} />}
      {finishing && <Finish one={finishing} onClose={() => setFinishing(null)} />}
    </Panel>
  )
}

interface ListProps {
  all: readonly Corrective[]
  onFinish?: (one: Corrective) => void
}

function List({ all, onFinish }: ListProps) {
  const { t, language } = useTexts()
  const { data: words } = useQuery(complaintWordsQuery)
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('corrective.cause')}</th>
          <th scope="col">{t('corrective.what')}</th>
          <th scope="col">{t('corrective.owner')}</th>
          <th scope="col">{t('corrective.due')}</th>
          <th scope="col">{t('corrective.effect')}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((one) => {
          const cause = words?.causes.find((each) => each.code === one.cause)
          const late = !one.done_on && dueOf(one.due_on, serverNow()).urgency === 'over'
          return (
            <tr key={one.id}>
              <th scope="row">{cause ? inLanguage(cause, language) : one.cause}</th>
              <td className="text">
                {one.what}
                {one.result && <div className="quiet">{one.result}</div>}
              </td>
              <td className="figures">{one.owner}</td>
              <td className={late ? 'bad' : ''}>
                {one.done_on
                  ? t('corrective.done.on', { day: day(one.done_on, language) })
                  : day(one.due_on, language)}{' '}
                {late && t('tasks.overdue')}
              </td>
              <td>
                {one.done_on && <EffectOf one={one} />}
                {!one.done_on && onFinish && (
                  <Button
                    size="small"
                    aria-label={`${t('corrective.finish')} ${one.what}`}
                    onClick={() => onFinish(one)}
                  >
                    {t('corrective.finish')}
                  </Button>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const TONE = { less: 'good', more: 'bad', same: 'quiet', '': 'quiet' } as const

function EffectOf({ one }: { one: Corrective }) {
  const { t } = useTexts()
  const change = changeOf(one.before, one.after)
  if (!change) return <span className="quiet">{t('corrective.effect.early')}</span>
  return (
    <>
      <span className="figures">
        {t('corrective.effect.weekly', { before: one.before ?? 0, after: one.after ?? 0 })}
      </span>{' '}
      <strong className={TONE[change]}>{t(`corrective.effect.${change}`)}</strong>
      <div className="quiet">
        {t('corrective.effect.weeks', { before: one.weeks_before, after: one.weeks_after })}
      </div>
    </>
  )
}

function Open({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const me = useMe()
  const { message } = Messages.useApp()
  const { data: words } = useQuery(complaintWordsQuery)
  const [cause, setCause] = useState('')
  const [what, setWhat] = useState('')
  const [owner, setOwner] = useState(me.number)
  const [due, setDue] = useState('')
  const open = useMutation({
    mutationFn: () => openCorrective({ cause, what, owner: owner.trim(), due_on: due }),
    onSuccess: async () => {
      await queries.invalidateQueries(REFRESHED)
      void message.success(t('corrective.open.done'))
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('corrective.open')}
      okText={t('corrective.open')}
      cancelText={t('app.cancel')}
      confirmLoading={open.isPending}
      okButtonProps={{
        disabled: !(cause && what.trim().length >= LEAST && owner.trim() && due),
      }}
      onOk={() => open.mutate()}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById('corrective-cause')?.focus()}
    >
      <Failure error={open.error} />
      <p className="quiet">{t('corrective.open.hint')}</p>
      <Pick
        id="corrective-cause"
        label={t('corrective.cause')}
        words={words?.causes ?? []}
        value={cause}
        onChange={setCause}
      />
      <TextField
        id="corrective-what"
        label={t('corrective.what')}
        rows={3}
        value={what}
        onChange={setWhat}
      />
      <LineField
        id="corrective-owner"
        label={t('corrective.owner.number')}
        most={20}
        value={owner}
        onChange={setOwner}
      />
      <p className="field">
        <label htmlFor="corrective-due">{t('corrective.due')}</label>
        <DateField id="corrective-due" value={due} onChange={setDue} />
      </p>
    </Dialog>
  )
}

function Finish({ one, onClose }: { one: Corrective; onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [text, setText] = useState('')
  const finish = useMutation({
    mutationFn: () => finishCorrective(one.id, text),
    onSuccess: async () => {
      await queries.invalidateQueries(REFRESHED)
      void message.success(t('corrective.finish.done'))
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('corrective.finish')}
      okText={t('corrective.finish')}
      cancelText={t('app.cancel')}
      confirmLoading={finish.isPending}
      okButtonProps={{ disabled: text.trim().length < LEAST }}
      onOk={() => finish.mutate()}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById('corrective-result')?.focus()}
    >
      <Failure error={finish.error} />
      <p className="text">{one.what}</p>
      <TextField
        id="corrective-result"
        label={t('corrective.result')}
        rows={3}
        value={text}
        onChange={setText}
      />
      <p className="quiet">{t('corrective.finish.hint')}</p>
    </Dialog>
  )
}
