import type { WallView } from '@/api/wall'
import { Panel } from '@/app/Panel'
import { percent } from '@/format/format'
import { QueueTable } from '@/screens/home/QueueTable'
import { useTexts } from '@/texts'

export function WallQueues({ wall }: { wall: WallView }) {
  const { t } = useTexts()
  const today = new Map(wall.today.map((one) => [one.queue, one]))
  const shown = wall.queues.filter(
    (one) => one.waiting > 0 || one.staffed > 0 || (today.get(one.name)?.offered ?? 0) > 0,
  )
  return (
    <Panel title={t('wall.queues')}>
      {shown.length === 0 ? (
        <p className="quiet">{t('home.queue.quiet')}</p>
      ) : (
        <QueueTable
          queues={shown}
          last={{
            title: t('wall.level.today'),
            of: (one) => percent(today.get(one.name)?.service_level ?? null),
          }}
        />
      )}
    </Panel>
  )
}
