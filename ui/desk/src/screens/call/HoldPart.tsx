/** What makes a caller plausible: a usual ground by its number, or words of one's own (row B6). */
import { Button, Input } from 'antd'
import { useTexts } from '@/texts'

interface Props {
  plausible: string
  onChange: (plausible: string) => void
  busy: boolean
  onHold: () => void
}

const LEAST = 15
export const GROUNDS = ['identity', 'spending', 'bill', 'scam'] as const

/** Who holds must say why the caller was believed. */
export const saysWhy = (plausible: string) => plausible.trim().length >= LEAST

export function HoldPart({ plausible, onChange, busy, onHold }: Props) {
  const { t } = useTexts()
  return (
    <>
      <p className="quiet">{t('call.freeze.hold')}</p>
      <p id="hold-grounds">{t('call.hold.ground')}</p>
      <ol className="list numbered choice" aria-labelledby="hold-grounds">
        {GROUNDS.map((one) => (
          <li key={one}>
            <label>
              <input
                type="radio"
                name="hold-ground"
                checked={plausible === t(`call.hold.ground.${one}`)}
                onChange={() => onChange(t(`call.hold.ground.${one}`))}
              />{' '}
              {t(`call.hold.ground.${one}`)}
            </label>
          </li>
        ))}
      </ol>
      <p className="field">
        <label htmlFor="plausible">{t('call.hold.why')}</label>
        <Input.TextArea
          id="plausible"
          rows={3}
          maxLength={500}
          value={plausible}
          onChange={(event) => onChange(event.target.value)}
        />
      </p>
      <Button type="primary" danger loading={busy} disabled={!saysWhy(plausible)} onClick={onHold}>
        {t('call.hold.do')} <kbd>{'Enter'}</kbd>
      </Button>
    </>
  )
}
