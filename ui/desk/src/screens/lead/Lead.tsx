/** The lead's view: who asks for help, calls in danger, agents; listen, whisper, join. */
import { useQuery } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { Link as Anchor } from 'wouter'
import { helpQuery } from '@/api/calls'
import { setStateOf, type AgentView } from '@/api/routing'
import { sentence } from '@/api/sentences'
import { wallQuery } from '@/api/wall'
import { Panel } from '@/app/Panel'
import { useMe } from '@/app/me'
import { Since } from '@/format/Since'
import { Agents } from '@/screens/wall/Agents'
import { Danger } from '@/screens/wall/Danger'
import { WallQueues } from '@/screens/wall/WallQueues'
import { useDoing } from '@/softphone/useDoing'
import { Ways } from '@/softphone/Ways'
import { useTexts } from '@/texts'

export default function Lead() {
  const spoken = useTexts()
  const { t } = spoken
  const { data: wall, error } = useQuery(wallQuery)
  if (error && !wall) return <p className="notice bad">{sentence(error, spoken)}</p>
  return (
    <>
      <h1>{t('lead.title')}</h1>
      <p className="quiet">{t('lead.phone')}</p>
      <div className="conversation detail">
        <div className="column">
          <Help />
          {wall && (
            <Danger
              danger={wall.danger}
              agents={wall.agents}
              actions={(interaction) => <Follow interaction={interaction} />}
            />
          )}
          {wall && <WallQueues wall={wall} />}
        </div>
        <div className="column">
          {wall && <Agents agents={wall.agents} actions={(agent) => <OfAgent agent={agent} />} />}
        </div>
      </div>
    </>
  )
}

function Help() {
  const { t } = useTexts()
  const { data: asked = [] } = useQuery(helpQuery)
  return (
    <Panel title={t('lead.help')}>
      {asked.length === 0 && <p className="quiet">{t('lead.help.none')}</p>}
      <ul className="list" aria-live="polite">
        {asked.map((one) => (
          <li key={one.interaction} className="row">
            <strong>{one.name}</strong>
            <span>{one.reason}</span>
            <Since at={one.asked_at} />
            <Follow interaction={one.interaction} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Follow({ interaction }: { interaction: string }) {
  const { t } = useTexts()
  return (
    <span className="row">
      <Ways interaction={interaction} />
      <Anchor href={`/interactions/${interaction}`}>{t('lead.call')}</Anchor>
    </span>
  )
}

function OfAgent({ agent }: { agent: AgentView }) {
  const { t } = useTexts()
  const me = useMe()
  const doing = useDoing()
  if (agent.id === me.agent) return null
  if (agent.interaction && agent.state === 'talking')
    return <Follow interaction={agent.interaction} />
  const wishes = ['not-ready', 'logged-out'] as const
  return (
    <span className="row">
      {wishes
        .filter((one) => one !== agent.state)
        .map((one) => (
          <Popconfirm
            key={one}
            title={t('lead.set.sure', { name: agent.name, what: t(`lead.set.${one}`) })}
            okText={t('app.confirm')}
            cancelText={t('app.cancel')}
            onConfirm={() =>
              doing.start(() => setStateOf(agent.id, one, one === 'not-ready' ? 'meeting' : ''))
            }
          >
            <Button size="small" disabled={doing.busy}>
              {t(`lead.set.${one}`)}
            </Button>
          </Popconfirm>
        ))}
    </span>
  )
}
