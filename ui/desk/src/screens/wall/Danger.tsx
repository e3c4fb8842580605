import type { ReactNode } from 'react'
import type { WallView } from '@/api/wall'
import { Panel } from '@/app/Panel'
import { Since } from '@/format/Since'
import { useTexts } from '@/texts'

interface Props {
  danger: WallView['danger']
  agents: WallView['agents']
  /** What may be done about a call. */
  actions?: (interaction: string) => ReactNode
}

export function Danger({ danger, agents, actions }: Props) {
  const { t } = useTexts()
  const nameOf = (id: string | null) => agents.find((one) => one.id === id)?.name ?? ''
  return (
    <Panel title={t('wall.danger')}>
      {danger.length === 0 && <p className="good">{t('wall.danger.none')}</p>}
      <ul className="list">
        {danger.map((one) => (
          <li key={`${one.code}${one.interaction}`} className="row">
            <strong className="bad">{t(`wall.danger.${one.code}`)}</strong>
            <span>{nameOf(one.agent)}</span>
            <Since at={one.since} />
            {actions?.(one.interaction)}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
