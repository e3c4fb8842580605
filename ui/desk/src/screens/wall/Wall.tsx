/** The wall: who waits, how well it goes, who does what, where help is needed. */
import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { sentence } from '@/api/sentences'
import { wallQuery } from '@/api/wall'
import { clock } from '@/format/format'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { Agents } from './Agents'
import { Danger } from './Danger'
import { Figures } from './Figures'
import { WallQueues } from './WallQueues'
import './wall.css'

export default function Wall() {
  const spoken = useTexts()
  const { t } = spoken
  const [, go] = useLocation()
  const { data: wall, error } = useQuery(wallQuery)
  useKeys([{ keys: 'Escape', text: 'wall.leave', run: () => go('/') }])
  if (error && !wall) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!wall) return <p className="notice">{t('app.loading')}</p>
  return (
    <div className="wall">
      <header className="row">
        <h1 className="grow">{t('wall.title')}</h1>
        <span className="figures">{t('wall.at', { time: clock(wall.at) })}</span>
      </header>
      <Figures wall={wall} />
      <div className="wall-lists">
        <WallQueues wall={wall} />
        <Danger danger={wall.danger} agents={wall.agents} />
        <Agents agents={wall.agents} />
      </div>
    </div>
  )
}
