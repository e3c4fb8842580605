/** The body of an article in blocks: paragraphs and lists. Pure. */

export type Block = { kind: 'text'; text: string } | { kind: 'list'; items: string[] }

const ITEM = '- '

export function blocksOf(body: string): Block[] {
  const blocks: Block[] = []
  for (const line of body.split('\n').map((one) => one.trim())) {
    const last = blocks.at(-1)
    if (line === '') continue
    if (!line.startsWith(ITEM)) blocks.push({ kind: 'text', text: line })
    else if (last?.kind === 'list') last.items.push(line.slice(ITEM.length))
    else blocks.push({ kind: 'list', items: [line.slice(ITEM.length)] })
  }
  return blocks
}
