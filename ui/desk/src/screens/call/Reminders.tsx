/** What one must know before one speaks: doubts, the plan for this holder, warnings, what is owed. */
import type { ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { deadline, moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

export function Reminders({ screen }: { screen: ScreenView }) {
  const { t, word, language } = useTexts()
  const { plan, warnings, tasks, objections } = screen
  return (
    <>
      {objections.length > 0 && (
        <Panel title={t('call.objections')} tone="warn">
          <p>{t('call.objections.why')}</p>
          <ul className="list">
            {objections.map((one) => (
              <li key={`${one.interaction}${one.objected_at}`}>
                {t('call.objection', {
                  number: one.number || t('call.objection.withheld'),
                  held: moment(one.held_at, language),
                  objected: moment(one.objected_at, language),
                })}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {plan && (
        <Panel title={t('call.plan')} tone="warn">
          <p className="text">{plan.text}</p>
        </Panel>
      )}
      {warnings.length > 0 && (
        <Panel title={t('call.warnings')} tone="warn">
          <ul className="list">
            {warnings.map((one) => (
              <li key={one.id}>
                <strong>{inLanguage(one.category, language)}</strong> {one.words}{' '}
                <span className="quiet">
                  {one.here ? t('call.warning.here') : moment(one.at, language)}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {tasks.length > 0 && (
        <Panel title={t('call.tasks')}>
          <ul className="list">
            {tasks.map((one) => (
              <li key={one.id} className={one.overdue ? 'bad' : ''}>
                {one.what || word('task.kind', one.kind)}{' '}
                <span className="quiet">{deadline(one.due_at, language)}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}
