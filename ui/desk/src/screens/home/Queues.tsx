/** Who waits, at a glance: queues with nobody in them are left out. */
import { useQuery } from '@tanstack/react-query'
import { queuesQuery } from '@/api/routing'
import { duration } from '@/format/format'
import { useTexts } from '@/texts'

export function Queues() {
  const { t, word } = useTexts()
  const { data = [] } = useQuery(queuesQuery)
  const busy = data.filter((one) => one.waiting > 0 || one.callbacks > 0)
  return (
    <section className="panel" aria-labelledby="queues">
      <h2 id="queues">{t('home.queues')}</h2>
      {busy.length === 0 ? (
        <p className="quiet">{t('home.queue.quiet')}</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('home.queue.matter')}</th>
              <th scope="col" className="number">
                {t('home.queue.waiting')}
              </th>
              <th scope="col" className="number">
                {t('home.queue.longest')}
              </th>
              <th scope="col" className="number">
                {t('home.queue.ready')}
              </th>
              <th scope="col" className="number">
                {t('home.queue.callbacks')}
              </th>
            </tr>
          </thead>
          <tbody>
            {busy.map((one) => (
              <tr key={one.name}>
                <th scope="row">
                  {word('matter', one.matter)} · {word('speech', one.language)}
                </th>
                <td className="number">{one.waiting}</td>
                <td className="number">
                  {one.longest_wait_seconds === null
                    ? ''
                    : duration(one.longest_wait_seconds * 1000)}
                </td>
                <td className="number">
                  {one.ready} / {one.staffed}
                </td>
                <td className="number">{one.callbacks}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
