/** A state in words on a ground of its own: the colour only repeats what the word says. */
export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'quiet'

export function Badge({ tone = 'quiet', children }: { tone?: Tone; children: string }) {
  return <span className={`badge ${tone}`}>{children}</span>
}
