/** What departments were asked, by when, and what they answered. */
import { useState } from 'react'
import { Button } from 'antd'
import type { Whole } from '@/api/complaints'
import { Panel } from '@/app/Panel'
import { day, moment } from '@/format/format'
import { lastDayOf } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import type { PartProps } from './part'
import { LineField, TextField, useTyped } from './fields'
import { StepForm, useOn, useOnPart } from './step'

export function Departments({ one, handles }: PartProps) {
  const { t } = useTexts()
  const [asking, setAsking] = useState(false)
  const asks = handles && one.row.state === 'accepted'
  if (one.tasks.length === 0 && !asks) return null
  return (
    <Panel
      title={t('complaint.tasks')}
      extra={
        asks && (
          <Button size="small" aria-expanded={asking} onClick={() => setAsking(!asking)}>
            {t('complaint.ask')}
          </Button>
        )
      }
    >
      {one.tasks.length === 0 && <p className="quiet">{t('complaint.tasks.none')}</p>}
      <ul className="list">
        {one.tasks.map((task) => (
          <li key={task.id}>
            <Task task={task} handles={handles} />
          </li>
        ))}
      </ul>
      {asks && asking && <Ask id={one.row.id} onDone={() => setAsking(false)} />}
    </Panel>
  )
}

function Task({ task, handles }: { task: Whole['tasks'][number]; handles: boolean }) {
  const { t, language } = useTexts()
  const [open, setOpen] = useState(false)
  const [text, setText] = useTyped(task.id, 'result')
  const finish = useOnPart('complaint-tasks', task.id, 'finish', { text })
  const late = task.done_at === null && Date.parse(task.due_at) < serverNow()
  return (
    <>
      <div className="row">
        <strong>{task.department}</strong>
        <span className="grow">{task.what}</span>
        <span className={late ? 'bad' : 'quiet'}>
          {task.done_at
            ? t('complaint.clock.met', { time: moment(task.done_at, language) })
            : `${t('complaint.clock.last', { day: day(lastDayOf(task.due_at), language) })} ${
                late ? t('tasks.overdue') : ''
              }`}
        </span>
        {handles && task.done_at === null && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.finish')}
          </Button>
        )}
      </div>
      {task.result && <p className="text quiet">{task.result}</p>}
      {open && task.done_at === null && (
        <StepForm step={finish} submit={t('complaint.finish')} ready={text.trim() !== ''}>
          <TextField
            id={`finish-${task.id}`}
            label={t('complaint.finish.text')}
            value={text}
            onChange={setText}
          />
        </StepForm>
      )}
    </>
  )
}

function Ask({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTexts()
  const [department, setDepartment] = useTyped(id, 'department')
  const [what, setWhat] = useTyped(id, 'department-what')
  const [days, setDays] = useState('')
  const ask = useOn(
    id,
    'departments',
    { department, what, ...(/^\d{1,2}$/.test(days) ? { days: Number(days) } : {}) },
    () => {
      setDepartment('')
      setWhat('')
      onDone()
    },
  )
  return (
    <StepForm
      step={ask}
      submit={t('complaint.ask.send')}
      ready={Boolean(department.trim() && what.trim())}
    >
      <div className="two">
        <LineField
          id="ask-department"
          label={t('complaint.ask.department')}
          value={department}
          onChange={setDepartment}
        />
        <LineField
          id="ask-days"
          label={t('complaint.ask.days')}
          value={days}
          most={2}
          onChange={setDays}
        />
      </div>
      <TextField id="ask-what" label={t('complaint.ask.what')} value={what} onChange={setWhat} />
    </StepForm>
  )
}
