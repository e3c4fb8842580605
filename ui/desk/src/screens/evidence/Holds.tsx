/** Legal holds: what one lies on is not erased, until a second person lifts it. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Button } from 'antd'
import { useState } from 'react'
import { askToLift, holdsQuery, liftHold, setHold, type Hold, type NewHold } from '@/api/evidence'
import { sentence } from '@/api/sentences'
import { Badge, type Tone } from '@/app/Badge'
import { Dialog } from '@/app/Dialog'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { LineField, TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { holdMove, holdState, type HoldState } from './states'

const KINDS: readonly NewHold['on'][] = ['holder', 'complaint', 'interaction']
const TONE: Record<HoldState, Tone> = { lies: 'accent', asked: 'warn', lifted: 'quiet' }
const CHANGED = { queryKey: ['evidence'] }

export function Holds() {
  const spoken = useTexts()
  const { t } = spoken
  const [setting, setSetting] = useState(false)
  const [asking, setAsking] = useState<Hold | null>(null)
  const { data: holds, error } = useQuery(holdsQuery)
  return (
    <Panel
      title={t('hold.title')}
      extra={
        <Button type="primary" onClick={() => setSetting(true)}>
          {t('hold.set')}
        </Button>
      }
    >
      <p className="quiet">{t('hold.what')}</p>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!holds && !error && <p className="quiet">{t('app.loading')}</p>}
      {holds?.length === 0 && <p className="quiet">{t('hold.none')}</p>}
      {holds && holds.length > 0 && <List holds={holds} onAsk={setAsking} />}
      {setting && <Set onClose={() => setSetting(false)} />}
      {asking && <AskToLift hold={asking} onClose={() => setAsking(null)} />}
    </Panel>
  )
}

function List({ holds, onAsk }: { holds: readonly Hold[]; onAsk: (hold: Hold) => void }) {
  const { t, word, language } = useTexts()
  const me = useMe()
  const { message } = Messages.useApp()
  const lift = useMutation({
    mutationFn: liftHold,
    onSuccess: async (told) => {
      await queries.invalidateQueries(CHANGED)
      if (told.allowed) void message.success(t('hold.lifted'))
    },
  })
  return (
    <>
      <Failure error={lift.error} />
      {lift.data?.allowed === false && (
        <Alert
          type="warning"
          role="alert"
          title={t('acts.notdone')}
          description={lift.data.reasons
            .map((code) => word('hold.reason', code))
            .join(t('app.and'))}
        />
      )}
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('hold.on')}</th>
            <th scope="col">{t('hold.why')}</th>
            <th scope="col">{t('hold.by')}</th>
            <th scope="col">{t('hold.state')}</th>
            <th scope="col">{t('post.do')}</th>
          </tr>
        </thead>
        <tbody>
          {holds.map((one) => {
            const state = holdState(one)
            const move = holdMove(one, me.number)
            const name = `${t(`hold.on.${one.on}`)} ${one.of}`
            return (
              <tr key={one.id}>
                <th scope="row" className="figures">
                  {name}
                </th>
                <td className="text">{one.reason}</td>
                <td className="figures">
                  {one.set_by} {moment(one.set_at, language)}
                </td>
                <td>
                  <Badge tone={TONE[state]}>{t(`hold.state.${state}`)}</Badge>
                  {one.lift_asked_by && one.lift_asked_at && (
                    <div className="quiet">
                      {one.lift_asked_by} {moment(one.lift_asked_at, language)} {one.lift_reason}
                    </div>
                  )}
                  {one.lifted_by && one.lifted_at && (
                    <div className="quiet">
                      {t('hold.lifted.by', {
                        who: one.lifted_by,
                        time: moment(one.lifted_at, language),
                      })}
                    </div>
                  )}
                </td>
                <td>
                  {move === 'ask' && (
                    <Button
                      size="small"
                      aria-label={`${t('hold.ask')} ${name}`}
                      onClick={() => onAsk(one)}
                    >
                      {t('hold.ask')}
                    </Button>
                  )}
                  {move === 'lift' && (
                    <Button
                      size="small"
                      loading={lift.isPending && lift.variables === one.id}
                      aria-label={`${t('hold.lift')} ${name}`}
                      onClick={() => lift.mutate(one.id)}
                    >
                      {t('hold.lift')}
                    </Button>
                  )}
                  {move === 'wait' && <span className="quiet">{t('hold.wait')}</span>}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </>
  )
}

function Set({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [on, setOn] = useState<NewHold['on']>('holder')
  const [of, setOf] = useState('')
  const [reason, setReason] = useState('')
  const set = useMutation({
    mutationFn: () => setHold({ on, of: of.trim(), reason: reason.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries(CHANGED)
      void message.success(t('hold.set.done'))
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('hold.set')}
      okText={t('hold.set')}
      cancelText={t('app.cancel')}
      confirmLoading={set.isPending}
      okButtonProps={{ disabled: !of.trim() || !reason.trim() }}
      onOk={() => set.mutate()}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById('hold-on')?.focus()}
    >
      <Failure error={set.error} missing={t(`hold.missing.${on}`)} />
      <p className="field">
        <label htmlFor="hold-on">{t('hold.on')}</label>
        <select
          id="hold-on"
          value={on}
          onChange={(event) => setOn(event.target.value as NewHold['on'])}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`hold.on.${one}`)}
            </option>
          ))}
        </select>
      </p>
      <LineField id="hold-of" label={t(`hold.of.${on}`)} most={64} value={of} onChange={setOf} />
      <TextField
        id="hold-reason"
        label={t('hold.why')}
        most={500}
        value={reason}
        onChange={setReason}
      />
    </Dialog>
  )
}

function AskToLift({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [reason, setReason] = useState('')
  const ask = useMutation({
    mutationFn: () => askToLift(hold.id, reason.trim()),
    onSuccess: async () => {
      await queries.invalidateQueries(CHANGED)
      void message.success(t('hold.ask.done'))
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('hold.ask')}
      okText={t('hold.ask')}
      cancelText={t('app.cancel')}
      confirmLoading={ask.isPending}
      okButtonProps={{ disabled: !reason.trim() }}
      onOk={() => ask.mutate()}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById('lift-reason')?.focus()}
    >
      <Failure error={ask.error} />
      <p className="quiet">{t('hold.ask.hint')}</p>
      <TextField
        id="lift-reason"
        label={t('hold.ask.why')}
        most={500}
        value={reason}
        onChange={setReason}
      />
    </Dialog>
  )
}
