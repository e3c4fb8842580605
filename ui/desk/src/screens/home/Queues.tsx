/** Who waits, at a glance: queues with nobody in them are left out. */
import { useQuery } from '@tanstack/react-query'
import { queuesQuery } from '@/api/routing'
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'
import { QueueTable } from './QueueTable'

export function Queues() {
  const { t } = useTexts()
  const { data = [] } = useQuery(queuesQuery)
  const busy = data.filter((one) => one.waiting > 0 || one.callbacks > 0)
  return (
    <Panel title={t('home.queues')}>
      {busy.length === 0 ? (
        <p className="quiet">{t('home.queue.quiet')}</p>
      ) : (
        <QueueTable
          queues={busy}
          last={{ title: t('home.queue.callbacks'), of: (one) => one.callbacks }}
        />
      )}
    </Panel>
  )
}
