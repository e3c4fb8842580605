/** Counts by name, the greatest first, each with a bar as long as its share of the greatest. */
import { useTexts } from '@/texts'
import { count } from './format'

export interface Bar {
  key: string
  name: string
  value: number
}

/** Bars in the order in which they are drawn. Pure. */
export function barsOf(counts: Record<string, number>, nameOf: (key: string) => string): Bar[] {
  return Object.entries(counts)
    .map(([key, value]) => ({ key, value, name: nameOf(key) }))
    .filter((one) => one.value > 0)
    .sort((a, b) => b.value - a.value || a.name.localeCompare(b.name))
}

export function Bars({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const { language } = useTexts()
  const most = Math.max(1, ...bars.map((one) => one.value))
  return (
    <table className="bars" aria-label={label}>
      <tbody>
        {bars.map((one) => (
          <tr key={one.key}>
            <th scope="row">{one.name}</th>
            <td className="number">{count(one.value, language)}</td>
            <td className="gauge" aria-hidden="true">
              <svg viewBox="0 0 100 8" preserveAspectRatio="none">
                <rect width={(one.value / most) * 100} height="8" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
