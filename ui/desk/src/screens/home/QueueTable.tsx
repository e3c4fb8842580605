/** Queues, one a line; the last column is what the place is about. */
import type { ReactNode } from 'react'
import type { QueueView } from '@/api/routing'
import { duration } from '@/format/format'
import { useTexts } from '@/texts'

interface Props {
  queues: readonly QueueView[]
  last: { title: string; of: (queue: QueueView) => ReactNode }
}

export function QueueTable({ queues, last }: Props) {
  const { t, word } = useTexts()
  const columns = [
    t('home.queue.waiting'),
    t('home.queue.longest'),
    t('home.queue.ready'),
    last.title,
  ]
  return (
    <table className="plain narrow">
      <thead>
        <tr>
          <th scope="col">{t('home.queue.matter')}</th>
          {columns.map((title) => (
            <th key={title} scope="col" className="number">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {queues.map((one) => (
          <tr key={one.name}>
            <th scope="row">
              {word('matter', one.matter)}{' '}
              <span className="quiet nowrap">{word('speech', one.language)}</span>
            </th>
            <td className={`number ${one.waiting > 0 ? 'warn' : ''}`}>{one.waiting}</td>
            <td className="number">
              {one.longest_wait_seconds === null ? '' : duration(one.longest_wait_seconds * 1000)}
            </td>
            <td className="number">
              {one.ready} / {one.staffed}
            </td>
            <td className="number">{last.of(one)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
