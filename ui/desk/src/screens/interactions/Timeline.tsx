/** What happened, in order; who did it, and why something was refused. */
import type { Line } from '@/api/interactions'
import { Panel } from '@/app/Panel'
import { clock } from '@/format/format'
import { useTexts } from '@/texts'

export function Timeline({ lines }: { lines: Line[] }) {
  const { t, word } = useTexts()
  return (
    <Panel title={t('contact.timeline')}>
      <ol className="timeline">
        {lines.map((line, index) => {
          const [kind = '', who = ''] = line.by.split(':')
          return (
            <li key={index} className={line.kind === 'hotline.step' ? 'quiet' : ''}>
              <time className="figures quiet" dateTime={line.at}>
                {clock(line.at)}
              </time>
              <div>
                <strong>{word('kind', line.kind)}</strong>{' '}
                <span className="quiet">
                  {word('by', kind)} {who}
                </span>
                {line.allowed === false && (
                  <span className="bad">
                    {' '}
                    {t('contact.refused')}{' '}
                    {line.reasons?.map((one) => word('reason', one)).join(' · ')}
                  </span>
                )}
                <Said line={line} />
              </div>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}

/** What was said or pressed, where the line tells it. */
function Said({ line }: { line: Line }) {
  const said = typeof line.said === 'string' ? line.said : ''
  const key = typeof line.key === 'string' ? line.key : ''
  if (!said && !key) return null
  return (
    <div className="text">
      {said} {key && <kbd>{key}</kbd>}
    </div>
  )
}
