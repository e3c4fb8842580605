/** The phone of this tab, on every screen: who rings, what the call does, what one may do. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { myCallQuery } from '@/api/calls'
import { phone } from '@/app/parts'
import { useKeys } from '@/keys/useKeys'
import { StateBar } from '@/screens/home/StateBar'
import { useTexts } from '@/texts'
import { CallControls } from './CallControls'
import { DeviceDialog } from './DeviceDialog'
import { Ringing } from './Ringing'
import { shown } from './state'
import { useAnswer } from './useAnswer'
import { useDoing } from './useDoing'
import { usePhone } from './usePhone'

export function PhoneBar() {
  const { t, word } = useTexts()
  const state = usePhone()
  const [devices, setDevices] = useState(false)
  const [address] = useLocation()
  const { answer } = useAnswer()
  const doing = useDoing()
  const title = t('phone.ring.title')
  useQuery(myCallQuery)
  useEffect(() => {
    phone.title = title
  }, [title])
  useEffect(() => {
    // A reloaded page is the phone again, and rejoins its call.
    if (phone.wasHeld) void phone.take().catch(() => undefined)
  }, [])
  const is = shown(state)
  useKeys([{ keys: 'a', text: 'phone.answer', group: 'phone.group', run: answer }], {
    active: state.held === 'here',
  })
  const takeOver = () => doing.start(() => phone.take(true))
  return (
    <section className={`phone ${is}`} aria-label={t('phone.title')}>
      {is === 'ringing' && state.call && <Ringing call={state.call} />}
      {is !== 'idle' && is !== 'ringing' && state.call && (
        <CallControls call={state.call} is={is} />
      )}
      {is === 'idle' && (
        <>
          {state.held === 'here' && <span>{t('phone.here')}</span>}
          {(state.held === 'none' || state.held === 'taking') && (
            <span className="quiet">{t('phone.none')}</span>
          )}
        </>
      )}
      {state.held === 'elsewhere' && (
        <>
          <span>{t('phone.elsewhere')}</span>
          <Button size="small" title={t('phone.takeover.sure')} onClick={takeOver}>
            {t('phone.takeover')}
          </Button>
        </>
      )}
      {state.microphone && (
        <span role="alert" className="bad">
          {word('phone.mic', state.microphone)}
        </span>
      )}
      {state.problem && state.problem !== 'other-tab' && (
        <span role="alert" className="bad">
          {word('error', state.problem, t('error.other', { code: state.problem }))}
        </span>
      )}
      <span className="grow" />
      {address !== '/' && <StateBar />}
      <Button size="small" onClick={() => setDevices(true)}>
        {t('phone.settings')}
      </Button>
      <DeviceDialog open={devices} onClose={() => setDevices(false)} />
    </section>
  )
}
