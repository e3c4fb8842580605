/** The recording, after one has said why: who listened and why is on record. */
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { recordingAddress } from '@/api/interactions'
import { duration } from '@/format/format'
import { useTexts } from '@/texts'

interface Props {
  id: string
  seconds: number
  /** Whether this role may listen. */
  may: boolean
}

const LEAST = 4

export function Recording({ id, seconds, may }: Props) {
  const { t } = useTexts()
  const [reason, setReason] = useState('')
  const [address, setAddress] = useState('')
  const [failed, setFailed] = useState(false)
  const length = t('contact.recording.length', { time: duration(seconds * 1000) })
  if (!may) return <p className="quiet">{length}</p>
  if (address)
    return (
      <>
        {failed && <Alert type="error" role="alert" title={t('contact.recording.failed')} />}
        <audio
          controls
          autoPlay
          className="wide"
          aria-label={t('contact.recording')}
          src={address}
          onError={() => setFailed(true)}
        />
        <p className="quiet">{t('contact.recording.channels')}</p>
      </>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setAddress(recordingAddress(id, reason.trim()))
      }}
    >
      <p className="quiet">{length}</p>
      <p className="field">
        <label htmlFor="listen-why">{t('contact.recording.why')}</label>
        <Input
          id="listen-why"
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </p>
      <Button htmlType="submit" disabled={reason.trim().length < LEAST}>
        {t('contact.recording.listen')}
      </Button>
    </form>
  )
}
