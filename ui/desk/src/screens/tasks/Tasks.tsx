/** What is still to be done: one's own, one's queues', everybody's. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Input, Segmented } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { sentence } from '@/api/sentences'
import { finishTask, tasksQuery, takeTask, type TaskView, type Whose } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { useMe } from '@/app/me'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { deadline } from '@/format/format'
import { Referring } from '@/format/Referring'
import { numberOf } from '@/format/who'
import { useTexts } from '@/texts'

export default function Tasks() {
  const spoken = useTexts()
  const { t, word, language } = spoken
  const me = useMe()
  const [whose, setWhose] = useState<Whose>('mine')
  const [finishing, setFinishing] = useState<TaskView | null>(null)
  const { data: tasks, error } = useQuery(tasksQuery(whose))
  const take = useMutation({
    mutationFn: takeTask,
    onSettled: () => queries.invalidateQueries({ queryKey: ['tasks'] }),
  })
  const choices: Whose[] = me.role === 'lead' ? ['mine', 'queues', 'all'] : ['mine', 'queues']
  const failed = error ?? take.error
  return (
    <>
      <div className="row">
        <h1 className="grow">{t('nav.tasks')}</h1>
        <Segmented
          value={whose}
          onChange={setWhose}
          options={choices.map((one) => ({ value: one, label: t(`tasks.${one}`) }))}
        />
      </div>
      {failed && <Alert type="error" role="alert" title={sentence(failed, spoken)} />}
      <section className="panel">
        {tasks?.length === 0 && <p className="quiet">{t('tasks.none')}</p>}
        {tasks && tasks.length > 0 && (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('tasks.due')}</th>
                <th scope="col">{t('tasks.what')}</th>
                <th scope="col">{t('tasks.whose')}</th>
                <th scope="col">{t('tasks.from')}</th>
                <th scope="col">{t('tasks.do')}</th>
              </tr>
            </thead>
            <tbody>
              {tasks.map((one) => (
                <tr key={one.id}>
                  <td className={one.overdue ? 'bad' : ''}>
                    {deadline(one.due_at, language)} {one.overdue && t('tasks.overdue')}
                  </td>
                  <td className="text">
                    <Referring text={one.what || word('task.kind', one.kind)} />
                  </td>
                  <td>
                    {one.agent ? numberOf(one.agent) : one.matter && word('matter', one.matter)}
                  </td>
                  <td>
                    {one.interaction && <Anchor href={placeOf(one)}>{t('tasks.contact')}</Anchor>}
                  </td>
                  <td className="row">
                    {one.agent === null && (
                      <Button size="small" onClick={() => take.mutate(one.id)}>
                        {t('tasks.take')}
                      </Button>
                    )}
                    {one.interaction && DONE_THERE.has(one.kind) ? (
                      <Anchor href={placeOf(one)}>{word('task.kind', one.kind)}</Anchor>
                    ) : (
                      <Button size="small" onClick={() => setFinishing(one)}>
                        {t('tasks.finish')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {finishing && <Finish task={finishing} onClose={() => setFinishing(null)} />}
    </>
  )
}

/** These are done by doing the thing itself. */
const DONE_THERE = new Set(['wrap-up', 'message'])

function placeOf({ kind, interaction }: TaskView): string {
  if (kind === 'message') return `/messages/${interaction}`
  return kind === 'wrap-up' ? `/call/${interaction}` : `/interactions/${interaction}`
}

function Finish({ task, onClose }: { task: TaskView; onClose: () => void }) {
  const spoken = useTexts()
  const { t } = spoken
  const about = `task ${task.id}`
  const [result, setResult] = useDraft(about, 'result', '')
  const finish = useMutation({
    mutationFn: () => finishTask(task.id, result),
    onSuccess: async () => {
      discard(about)
      await queries.invalidateQueries({ queryKey: ['tasks'] })
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={t('tasks.finish')}
      okText={t('tasks.finish')}
      cancelText={t('app.cancel')}
      confirmLoading={finish.isPending}
      onOk={() => finish.mutate()}
      onCancel={onClose}
    >
      <p className="text">{task.what}</p>
      {finish.isError && <Alert type="error" role="alert" title={sentence(finish.error, spoken)} />}
      <label htmlFor="task-result">{t('tasks.result')}</label>
      <Input.TextArea
        id="task-result"
        autoFocus
        rows={3}
        maxLength={1000}
        value={result}
        onChange={(event) => setResult(event.target.value)}
      />
    </Dialog>
  )
}
