/** What waits for whoever has just come in: promises, cases, approvals; the first few of each. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link as Anchor } from 'wouter'
import { approvalsQuery } from '@/api/approvals'
import { casesQuery } from '@/api/cases'
import { proposalsQuery } from '@/api/plans'
import { tasksQuery } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { day, deadline } from '@/format/format'
import { serverNow } from '@/live/clock'
import { isLate } from '@/screens/cases/due'
import { useTexts } from '@/texts'

const FEW = 5

interface Props {
  title: string
  none: string
  /** Where all of them are. */
  all: string
  count: number | undefined
  children: ReactNode
}

function Few({ title, none, all, count, children }: Props) {
  const { t } = useTexts()
  return (
    <Panel
      title={title}
      extra={
        count !== undefined && count > FEW ? (
          <Anchor href={all}>{t('home.all', { count })}</Anchor>
        ) : undefined
      }
    >
      {count === 0 && <p className="quiet">{none}</p>}
      <ul className="list">{children}</ul>
    </Panel>
  )
}

export function MyTasks() {
  const { t, word, language } = useTexts()
  const { data: tasks } = useQuery(tasksQuery('mine'))
  return (
    <Few title={t('home.tasks')} none={t('home.tasks.none')} all="/tasks" count={tasks?.length}>
      {tasks?.slice(0, FEW).map((one) => (
        <li key={one.id} className="row">
          <Anchor href="/tasks">{one.what || word('task.kind', one.kind)}</Anchor>
          <span className={one.overdue ? 'bad' : 'quiet'}>{deadline(one.due_at, language)}</span>
        </li>
      ))}
    </Few>
  )
}

/** `mine`: those that one has taken; else all that wait for an answer, the first due at the top. */
export function CasesDue({ mine }: { mine: boolean }) {
  const { t, word, language } = useTexts()
  const { data: cases } = useQuery(casesQuery(mine))
  return (
    <Few
      title={t(mine ? 'home.cases.mine' : 'case.title')}
      none={t('case.none')}
      all="/cases"
      count={cases?.length}
    >
      {cases?.slice(0, FEW).map((one) => (
        <li key={one.id} className="row">
          <Anchor href={`/cases/${one.id}`}>{word('case.kind', one.kind)}</Anchor>
          <span>{word('case.state', one.state)}</span>
          <span className={isLate(one.due_on, serverNow()) ? 'bad' : 'quiet'}>
            {day(one.due_on, language)}
          </span>
        </li>
      ))}
    </Few>
  )
}

export function Approvals() {
  const { t } = useTexts()
  const { data } = useQuery(approvalsQuery)
  const { data: plans } = useQuery(proposalsQuery)
  const waiting = (data?.limits.length ?? 0) + (data?.fees.length ?? 0) + (plans?.length ?? 0)
  return (
    <Panel title={t('approval.title')}>
      {waiting === 0 ? (
        <p className="quiet">{t('approval.none')}</p>
      ) : (
        <Anchor href="/approvals">{t('home.approvals', { count: waiting })}</Anchor>
      )}
    </Panel>
  )
}
