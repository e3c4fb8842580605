import type { WallView } from '@/api/wall'
import { Panel } from '@/app/Panel'
import { duration, percent } from '@/format/format'
import { useTexts } from '@/texts'

export function WallQueues({ wall }: { wall: WallView }) {
  const { t, word } = useTexts()
  const today = new Map(wall.today.map((one) => [one.queue, one]))
  const shown = wall.queues.filter(
    (one) => one.waiting > 0 || one.staffed > 0 || (today.get(one.name)?.offered ?? 0) > 0,
  )
  return (
    <Panel title={t('wall.queues')}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('home.queue.matter')}</th>
            <th scope="col" className="number">
              {t('home.queue.waiting')}
            </th>
            <th scope="col" className="number">
              {t('home.queue.longest')}
            </th>
            <th scope="col" className="number">
              {t('home.queue.ready')}
            </th>
            <th scope="col" className="number">
              {t('wall.level.today')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.name}>
              <th scope="row">
                {word('matter', one.matter)} · {word('speech', one.language)}
              </th>
              <td className={`number ${one.waiting > 0 ? 'warn' : ''}`}>{one.waiting}</td>
              <td className="number">
                {one.longest_wait_seconds === null ? '' : duration(one.longest_wait_seconds * 1000)}
              </td>
              <td className="number">
                {one.ready} / {one.staffed}
              </td>
              <td className="number">{percent(today.get(one.name)?.service_level ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
