/** Keys of a screen, live while it is shown; the map (`?`) lists what is live. */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { TextKey } from '@/texts'
import { press, pressOf } from './map'

export interface Key {
  keys: string
  /** What the map says. */
  text: TextKey
  /** Heading in the map. */
  group?: TextKey
  run: () => void
}

type Layer = { keys: readonly Key[]; alone: boolean }

let layers: readonly Layer[] = []
let pending = ''
let forget: ReturnType<typeof setTimeout> | undefined
const watchers = new Set<() => void>()

function change(next: readonly Layer[]): void {
  layers = next
  for (const watcher of watchers) watcher()
}

/** The keys that are live now: of the uppermost layer that stands alone, and what is above it. */
function live(): readonly Key[] {
  const alone = layers.findLastIndex((layer) => layer.alone)
  return layers.slice(Math.max(alone, 0)).flatMap((layer) => layer.keys)
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented) return
  const typed = pressOf(event)
  if (typed.typing && typed.key === 'Escape' && !typed.composing) {
    // Out of the field: from here, letters are keys.
    ;(event.target as HTMLElement).blur()
    return
  }
  // What was added last is asked first.
  const keys = [...live()].reverse()
  const bindings = keys.map((one, index) => ({ keys: one.keys, action: String(index) }))
  const outcome = press(bindings, pending, typed)
  pending = outcome.pending
  clearTimeout(forget)
  if (pending) forget = setTimeout(() => (pending = ''), 1500)
  if (outcome.action === null) return
  event.preventDefault()
  keys[Number(outcome.action)]?.run()
}

export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKeyDown)
  return () => document.removeEventListener('keydown', onKeyDown)
}

/** `alone`: for dialogs; the keys of what lies below sleep while it is open. */
export function useKeys(
  keys: readonly Key[],
  { active = true, alone = false }: { active?: boolean; alone?: boolean } = {},
): void {
  const latest = useEffectEvent((index: number) => keys[index]?.run())
  const shape = keys.map((one) => `${one.keys}|${one.text}|${one.group ?? ''}`).join('\n')
  useEffect(() => {
    if (!active) return
    const layer: Layer = {
      alone,
      keys: shape
        .split('\n')
        .filter(Boolean)
        .map((line, index) => {
          const [names = '', text = '', group = ''] = line.split('|')
          return {
            keys: names,
            text: text as TextKey,
            ...(group ? { group: group as TextKey } : {}),
            run: () => latest(index),
          }
        }),
    }
    change([...layers, layer])
    return () => change(layers.filter((one) => one !== layer))
  }, [shape, active, alone])
}

let shown: readonly Key[] = []
let shownFor: readonly Layer[] | null = null

/** Every key of every layer, for the map. */
export function useKeyMap(): readonly Key[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => {
      if (shownFor !== layers) {
        shownFor = layers
        shown = layers.flatMap((layer) => layer.keys)
      }
      return shown
    },
  )
}
