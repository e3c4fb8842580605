/** The call that one is in: what it does now, and what may be done with it. */
import { Button } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { control, type CallAct, type CallView } from '@/api/calls'
import { phone } from '@/app/parts'
import { Since } from '@/format/Since'
import { useKeys, type Key } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { Keypad } from './Keypad'
import type { Shown } from './state'
import { TransferDialog } from './TransferDialog'
import { useDoing } from './useDoing'
import { usePhone } from './usePhone'
import { Ways } from './Ways'

export function CallControls({ call, is }: { call: CallView; is: Shown }) {
  const { t, word } = useTexts()
  const { held, muted, media } = usePhone()
  const doing = useDoing()
  const [transfer, setTransfer] = useState(false)
  const act = (what: CallAct) => doing.start(() => control(call.interaction, what))
  const onHold = call.mode === 'hold'
  const consulting = call.mode === 'consult'
  const others = call.parties.filter((one) => one.leg !== call.my_leg)
  const mine = call.parties.find((one) => one.leg === call.my_leg)
  const follows = mine?.kind === 'monitor'
  const talkedTo = others.some((one) => one.presence === 'talking' && one.kind !== 'monitor')
  const own: Key[] = [
    { keys: 'm', text: muted ? 'phone.unmute' : 'phone.mute', run: () => phone.mute(!muted) },
    { keys: 'alt+q', text: 'phone.hangup', run: () => act('hangup') },
  ]
  const callers: Key[] = [
    {
      keys: 'o',
      text: call.mode === 'talk' ? 'phone.hold' : 'phone.retrieve',
      run: () => act(call.mode === 'talk' ? 'hold' : 'retrieve'),
    },
    { keys: 't', text: 'phone.transfer', run: () => setTransfer(true) },
  ]
  const keys = follows ? own : [...own, ...callers]
  useKeys(keys.map((one) => ({ ...one, group: 'phone.group' as const })))
  return (
    <div className="row">
      <strong>{word('phone.is', is)}</strong>
      {call.started_at && <Since at={call.started_at} />}
      {others.map((one) => (
        <span key={one.leg} className="quiet">
          {one.name} {word('phone.presence', one.presence, '')}
        </span>
      ))}
      {muted && media !== null && <strong className="warn">{t('phone.is.muted')}</strong>}
      <Anchor href="/call">{t('phone.open')}</Anchor>
      {held === 'here' && (
        <Button size="small" aria-pressed={muted} onClick={() => phone.mute(!muted)}>
          {t(muted ? 'phone.unmute' : 'phone.mute')} <kbd>M</kbd>
        </Button>
      )}
      {follows && <Ways interaction={call.interaction} now={mine.how} />}
      {!follows && call.mode === 'talk' && (
        <Button size="small" disabled={doing.busy} onClick={() => act('hold')}>
          {t('phone.hold')} <kbd>O</kbd>
        </Button>
      )}
      {!follows && onHold && (
        <Button size="small" type="primary" disabled={doing.busy} onClick={() => act('retrieve')}>
          {t('phone.retrieve')} <kbd>O</kbd>
        </Button>
      )}
      {!follows && consulting && (
        <>
          <Button size="small" disabled={doing.busy} onClick={() => act('retrieve')}>
            {t('phone.consult.end')} <kbd>O</kbd>
          </Button>
          <Button size="small" disabled={doing.busy || !talkedTo} onClick={() => act('conference')}>
            {t('phone.conference')}
          </Button>
        </>
      )}
      {!follows && (consulting || call.mode === 'conference') && (
        <Button
          size="small"
          type="primary"
          disabled={doing.busy || !talkedTo}
          onClick={() => act('complete')}
        >
          {t('phone.complete')}
        </Button>
      )}
      {!follows && !consulting && (
        <Button size="small" onClick={() => setTransfer(true)}>
          {t('phone.transfer')} <kbd>T</kbd>
        </Button>
      )}
      {held === 'here' && !follows && <Keypad />}
      <Button size="small" danger disabled={doing.busy} onClick={() => act('hangup')}>
        {t('phone.hangup')}
      </Button>
      <TransferDialog open={transfer} call={call} onClose={() => setTransfer(false)} />
    </div>
  )
}
