import type { WallView } from '@/api/wall'
import { duration, percent } from '@/format/format'
import { useTexts } from '@/texts'

export function Figures({ wall }: { wall: WallView }) {
  const { t } = useTexts()
  const all = (rows: WallView['today']) => rows.find((one) => one.queue === '')
  const [today, hour] = [all(wall.today), all(wall.last_hour)]
  const waits = wall.queues.map((one) => one.longest_wait_seconds ?? 0)
  const longest = Math.max(0, ...waits)
  const inState = (state: string) => wall.agents.filter((one) => one.state === state).length
  const share = (of: number | null | undefined) => (of == null ? null : percent(of))
  const figures: [string, string | null][] = [
    [t('wall.waiting'), String(wall.queues.reduce((sum, one) => sum + one.waiting, 0))],
    [t('wall.longest'), duration(longest * 1000)],
    [t('wall.level.hour'), share(hour?.service_level)],
    [t('wall.level.today'), share(today?.service_level)],
    [t('wall.abandoned'), share(today?.abandon_rate)],
    [t('wall.answered'), String(today?.answered ?? 0)],
    [t('wall.ready'), String(inState('ready'))],
    [t('wall.talking'), String(inState('talking'))],
  ]
  return (
    <dl className="wall-figures">
      {figures.map(([name, value]) => (
        <div key={name} className="panel">
          <dt>{name}</dt>
          <dd className={value === null ? 'quiet' : ''}>{value ?? t('wall.none')}</dd>
        </div>
      ))}
    </dl>
  )
}
