/** The frame of what is shown before somebody is in. */
import type { ReactNode } from 'react'
import { Switches } from '@/app/Switches'

export function Gate({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="gate">
      <div className="switches">
        <Switches />
      </div>
      <section className="panel">
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  )
}
