/** Answer what rings, by key or by button, and see at once who it is. */
import { useLocation } from 'wouter'
import { phone } from '@/app/parts'
import { useDoing } from './useDoing'

export function useAnswer(): { busy: boolean; answer: () => void } {
  const [, go] = useLocation()
  const doing = useDoing()
  const answer = () => {
    const { call } = phone.snapshot()
    if (call?.my_presence !== 'ringing') return
    doing.start(() => phone.answer())
    const mine = call.parties.find((one) => one.leg === call.my_leg)
    // Who follows a talk stays where all of them are in sight.
    if (mine?.purpose !== 'monitor') go('/call')
  }
  return { busy: doing.busy, answer }
}
