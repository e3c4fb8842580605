/** Who did something, as the journal names them: staff by number, others by what they are. Pure. */
export function whoOf(actor: string, word: (prefix: string, code: string) => string): string {
  const [kind = '', id = ''] = actor.split(':')
  if (kind === 'agent') return numberOf(id)
  if (kind === 'staff') return id
  return word('by', kind)
}

/** An agent's id is the staff number after one letter. */
export function numberOf(agent: string): string {
  return agent.replace(/^a(?=\d)/, '')
}
