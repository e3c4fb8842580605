/** Where a shift begins: my state, who waits, what is due. */
import { useMe } from '@/app/me'
import { useTexts } from '@/texts'
import { MyState } from './MyState'
import { Queues } from './Queues'

export default function Home() {
  const { t } = useTexts()
  const me = useMe()
  const takesCalls = me.role === 'agent' || me.role === 'lead'
  return (
    <>
      <h1>{t('home.greeting', { name: me.name })}</h1>
      <div className="panels">
        {takesCalls && <MyState />}
        <Queues />
      </div>
    </>
  )
}
