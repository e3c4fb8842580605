/** Where a shift begins: my state, who waits, what waits for me; each role has its own. */
import type { ReactNode } from 'react'
import type { Role } from '@/api/session'
import { useMe } from '@/app/me'
import { useTexts } from '@/texts'
import { MyState } from './MyState'
import { Latest, People, Today } from './Overview'
import { Queues } from './Queues'
import { Approvals, CasesDue, MyTasks } from './Waiting'

const PANELS: Record<Role, ReactNode> = {
  agent: (
    <>
      <MyState />
      <Queues />
      <MyTasks />
      <CasesDue mine />
    </>
  ),
  lead: (
    <>
      <MyState />
      <Queues />
      <Approvals />
      <MyTasks />
      <CasesDue mine={false} />
      <Today />
    </>
  ),
  quality: (
    <>
      <Latest />
      <Today />
      <CasesDue mine={false} />
      <Queues />
    </>
  ),
  compliance: (
    <>
      <CasesDue mine={false} />
      <Today />
      <Latest />
      <Queues />
    </>
  ),
  administrator: (
    <>
      <People />
      <Today />
      <Queues />
      <Latest />
    </>
  ),
}

export default function Home() {
  const { t } = useTexts()
  const me = useMe()
  return (
    <>
      <h1>{t('home.greeting', { name: me.name })}</h1>
      <div className="panels">{PANELS[me.role]}</div>
    </>
  )
}
