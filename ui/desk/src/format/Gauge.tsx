/** How far something is: a bar beside figures that say the same. */
interface Props {
  label: string
  part: number
  whole: number
  tone?: 'bad'
}

export function Gauge({ label, part, whole, tone }: Props) {
  const share = whole > 0 ? Math.min(1, part / whole) : 0
  return (
    <span
      className={`gauge ${tone ?? ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={whole}
      aria-valuenow={part}
    >
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width={share * 100} height="8" />
      </svg>
    </span>
  )
}
