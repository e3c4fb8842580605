/** Choose and test microphone and loudspeaker; say plainly why there is no sound. */
import { Alert, Button } from 'antd'
import { useEffect, useId, useState } from 'react'
import { Dialog } from '@/app/Dialog'
import { phone } from '@/app/parts'
import { useTexts } from '@/texts'
import { closeMicrophone, NoMicrophone, openMicrophone, watchLevel, type Device } from './devices'
import { testTone } from './ringing'
import { usePhone } from './usePhone'

export function DeviceDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTexts()
  const { inputs, outputs, input, output } = usePhone()
  useEffect(() => {
    if (open) void phone.listDevices()
  }, [open])
  return (
    <Dialog
      open={open}
      title={t('phone.settings')}
      footer={null}
      onCancel={onClose}
      destroyOnHidden
    >
      <Choice
        label={t('phone.input')}
        devices={inputs}
        chosen={input}
        onChoose={(id) => void phone.chooseInput(id)}
      />
      <MicrophoneTest key={input} />
      <Choice
        label={t('phone.output')}
        devices={outputs}
        chosen={output}
        onChoose={(id) => void phone.chooseOutput(id)}
      />
      <div className="row">
        <Button onClick={() => void testTone()}>{t('phone.test.tone')}</Button>
        <span className="quiet">{t('phone.test.tone.hint')}</span>
      </div>
    </Dialog>
  )
}

function Choice(props: {
  label: string
  devices: Device[]
  chosen: string
  onChoose: (id: string) => void
}) {
  const { t } = useTexts()
  const id = useId()
  const known = props.devices.some((one) => one.id === props.chosen)
  return (
    <p className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={known ? props.chosen : ''}
        onChange={(event) => props.onChoose(event.target.value)}
      >
        <option value="">{t('phone.default')}</option>
        {props.devices
          .filter((one) => one.id !== 'default')
          .map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
      </select>
    </p>
  )
}

function MicrophoneTest() {
  const { t, word } = useTexts()
  const [stream, setStream] = useState<MediaStream | null>(null)
  const [level, setLevel] = useState(0)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    if (stream === null) return
    const stop = watchLevel(stream, setLevel)
    return () => {
      stop()
      closeMicrophone(stream)
    }
  }, [stream])
  const begin = async () => {
    setProblem(null)
    try {
      setStream(await openMicrophone())
      await phone.listDevices()
    } catch (error) {
      setProblem(error instanceof NoMicrophone ? error.problem : 'failed')
    }
  }
  return (
    <div className="field">
      {problem && <Alert type="error" role="alert" title={word('phone.mic', problem)} />}
      {stream === null ? (
        <Button onClick={() => void begin()}>{t('phone.test.mic')}</Button>
      ) : (
        <div className="row">
          <meter aria-label={t('phone.test.level')} min={0} max={1} value={level} />
          <Button onClick={() => setStream(null)}>{t('phone.test.mic.stop')}</Button>
          <span className="quiet">{t('phone.test.say')}</span>
        </div>
      )}
    </div>
  )
}
