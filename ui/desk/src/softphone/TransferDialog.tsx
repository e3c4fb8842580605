/** To whom a caller goes: a colleague, a queue, a number outside; at once, or after asking. */
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { ring, type CallView, type Target } from '@/api/calls'
import { agentsQuery, queuesQuery } from '@/api/routing'
import { Dialog } from '@/app/Dialog'
import { useMe } from '@/app/me'
import { useTexts } from '@/texts'
import { useDoing } from './useDoing'

type Kind = 'staff' | 'matter' | 'number'
const KINDS: readonly Kind[] = ['staff', 'matter', 'number']

interface Props {
  open: boolean
  call: CallView
  onClose: () => void
}

export function TransferDialog({ open, call, onClose }: Props) {
  const { t } = useTexts()
  return (
    <Dialog
      open={open}
      title={t('phone.transfer')}
      footer={null}
      onCancel={onClose}
      destroyOnHidden
    >
      <Choice call={call} onClose={onClose} />
    </Dialog>
  )
}

function Choice({ call, onClose }: Omit<Props, 'open'>) {
  const { t, word } = useTexts()
  const me = useMe()
  const id = useId()
  const doing = useDoing()
  const [kind, setKind] = useState<Kind>('staff')
  const [picked, setPicked] = useState('')
  const { data: agents = [] } = useQuery(agentsQuery)
  const { data: queues = [] } = useQuery(queuesQuery)
  const colleagues = agents.filter((one) => one.state !== 'logged-out' && one.id !== me.agent)
  const matters = [...new Set(queues.map((one) => one.matter))]
  const go = (how: 'consult' | 'transfer') =>
    doing.start(async () => {
      await ring(call.interaction, how, { [kind]: picked.trim() } as Target)
      onClose()
    })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (picked) go(kind === 'matter' ? 'transfer' : 'consult')
      }}
    >
      <fieldset className="row plainset">
        <legend>{t('phone.to')}</legend>
        {KINDS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name={id}
              checked={kind === one}
              onChange={() => {
                setKind(one)
                setPicked('')
              }}
            />{' '}
            {t(`phone.to.${one}`)}
          </label>
        ))}
      </fieldset>
      <p className="field">
        <label htmlFor={`${id}-to`}>{t(`phone.to.${kind}`)}</label>
        {kind === 'number' ? (
          <Input
            id={`${id}-to`}
            autoFocus
            inputMode="tel"
            maxLength={20}
            value={picked}
            onChange={(event) => setPicked(event.target.value.replace(/[^\d+]/g, ''))}
          />
        ) : (
          <select
            id={`${id}-to`}
            autoFocus
            value={picked}
            onChange={(event) => setPicked(event.target.value)}
          >
            <option value="">{t('phone.to.pick')}</option>
            {kind === 'staff' &&
              colleagues.map((one) => (
                <option key={one.id} value={one.number}>
                  {one.number} {one.name} · {word('state', one.state)}
                </option>
              ))}
            {kind === 'matter' &&
              matters.map((one) => (
                <option key={one} value={one}>
                  {word('matter', one)}
                </option>
              ))}
          </select>
        )}
        {kind === 'number' && <span className="quiet">{t('phone.to.number.help')}</span>}
        {kind === 'staff' && colleagues.length === 0 && (
          <span className="quiet">{t('phone.to.nobody')}</span>
        )}
      </p>
      <div className="row">
        {kind !== 'matter' && (
          <Button type="primary" htmlType="submit" disabled={!picked} loading={doing.busy}>
            {t('phone.to.consult')}
          </Button>
        )}
        <Button disabled={!picked || doing.busy} onClick={() => go('transfer')}>
          {t('phone.to.blind')}
        </Button>
      </div>
    </form>
  )
}
