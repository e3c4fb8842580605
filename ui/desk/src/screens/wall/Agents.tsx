import type { ReactNode } from 'react'
import type { AgentView } from '@/api/routing'
import { Panel } from '@/app/Panel'
import { Since } from '@/format/Since'
import { useTexts } from '@/texts'

const ORDER = ['offered', 'talking', 'wrap-up', 'ready', 'not-ready', 'logged-out']

interface Props {
  agents: AgentView[]
  /** What may be done about an agent. */
  actions?: (agent: AgentView) => ReactNode
}

export function Agents({ agents, actions }: Props) {
  const { t, word } = useTexts()
  const shown = agents
    .filter((one) => one.state !== 'logged-out')
    .sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state))
  if (shown.length === 0)
    return (
      <Panel title={t('wall.agents')}>
        <p className="quiet">{t('wall.agents.none')}</p>
      </Panel>
    )
  return (
    <Panel title={t('wall.agents')}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('wall.agents')}</th>
            <th scope="col">{t('wall.agent.state')}</th>
            <th scope="col">{t('wall.agent.why')}</th>
            <th scope="col" className="number">
              {t('wall.agent.since')}
            </th>
            {actions && <th scope="col">{t('tasks.do')}</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                {one.number} {one.name}
              </th>
              <td>
                <span className={`state ${one.state}`}>{word('state', one.state)}</span>
              </td>
              <td className="quiet">
                {one.reasons.map((reason) => word('reason', reason.code)).join(' · ')}
              </td>
              <td className="number">{one.since && <Since at={one.since} />}</td>
              {actions && <td>{actions(one)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
