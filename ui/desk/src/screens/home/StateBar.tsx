/** My state beside the phone, on every screen but the one that has it at large. */
import { useTexts } from '@/texts'
import { StateButtons } from './StateButtons'
import { useMyState } from './useMyState'

export function StateBar() {
  const { t, word } = useTexts()
  const my = useMyState()
  if (my.me === undefined || my.me.state === 'logged-out') return null
  return (
    <span className="row" role="group" aria-label={t('home.me')}>
      <strong className={`state ${my.me.state}`}>{word('state', my.me.state)}</strong>
      {my.me.then && (
        <span className="quiet">{t('home.then', { state: word('state', my.me.then) })}</span>
      )}
      <StateButtons my={my} size="small" />
    </span>
  )
}
