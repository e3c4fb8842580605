/** A panel with a heading, as a region that screen readers can go to. */
import { useId, type ReactNode } from 'react'

interface Props {
  title: string
  children: ReactNode
  /** Beside the heading. */
  extra?: ReactNode
  tone?: 'warn'
}

export function Panel({ title, children, extra, tone }: Props) {
  const id = useId()
  return (
    <section className={`panel ${tone ?? ''}`} aria-labelledby={id}>
      <div className="row">
        <h2 id={id} className="grow">
          {title}
        </h2>
        {extra}
      </div>
      {children}
    </section>
  )
}
