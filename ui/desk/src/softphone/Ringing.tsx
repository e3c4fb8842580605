/** Who rings, for how long, and the two things one can do. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { CallView } from '@/api/calls'
import { myOfferQuery } from '@/api/routing'
import { phone } from '@/app/parts'
import { Since } from '@/format/Since'
import { useTexts } from '@/texts'
import { useAnswer } from './useAnswer'
import { useDoing } from './useDoing'
import { usePhone } from './usePhone'

export function Ringing({ call }: { call: CallView }) {
  const { t, word } = useTexts()
  const { held } = usePhone()
  const { busy, answer } = useAnswer()
  const doing = useDoing()
  const mine = call.parties.find((one) => one.leg === call.my_leg)
  const isOffer = mine?.purpose === 'offer'
  const { data: offer } = useQuery({ ...myOfferQuery, enabled: isOffer })
  const others = call.parties.filter((one) => one.leg !== call.my_leg && one.name)
  return (
    <div role="alert" className="row">
      <strong>{mine && !isOffer ? word('phone.ring', mine.purpose) : t('phone.ring')}</strong>
      {offer && (
        <>
          <span className="figures">{offer.number}</span>
          {offer.urgent && <strong className="bad">{t('phone.ring.urgent')}</strong>}
          {offer.callback && <strong>{t('phone.ring.callback')}</strong>}
          <span>{word('matter', offer.queue.split('-')[0] ?? '')}</span>
          <span>
            <Since at={offer.waiting_since} />
          </span>
        </>
      )}
      {others.map((one) => (
        <span key={one.leg}>{one.name}</span>
      ))}
      {held === 'here' && (
        <>
          <Button type="primary" loading={busy} onClick={answer}>
            {t('phone.answer')} <kbd>A</kbd>
          </Button>
          <Button onClick={() => doing.start(() => phone.decline())}>{t('phone.decline')}</Button>
        </>
      )}
    </div>
  )
}
