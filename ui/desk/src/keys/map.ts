/** The keyboard map: which keys do what. Pure: an event and what came before go in. */

export interface Binding {
  /** `f`, `?`, `Escape`, `ctrl+Enter`, `alt+1`, or a sequence: `g h`. */
  keys: string
  action: string
}

export interface Press {
  key: string
  ctrl: boolean
  alt: boolean
  meta: boolean
  /** An input method is composing; the key is its business. */
  composing: boolean
  repeat: boolean
  /** The focus is where people type. */
  typing: boolean
}

export interface Outcome {
  /** What was pressed so far of a sequence. */
  pending: string
  action: string | null
}

const NOTHING: Outcome = { pending: '', action: null }

export function press(bindings: readonly Binding[], pending: string, press: Press): Outcome {
  if (press.composing || press.repeat || press.meta) return { pending, action: null }
  if (['Shift', 'Control', 'Alt', 'Meta', 'Process'].includes(press.key))
    return { pending, action: null }
  const modified = press.ctrl || press.alt
  if (press.typing && !modified) return NOTHING
  const name = nameOf(press)
  const tried = pending === '' ? [name] : [`${pending} ${name}`, name]
  for (const keys of tried) {
    const found = bindings.find((one) => one.keys === keys)
    if (found) return { pending: '', action: found.action }
    if (bindings.some((one) => one.keys.startsWith(`${keys} `)))
      return { pending: keys, action: null }
  }
  return NOTHING
}

function nameOf({ key, ctrl, alt }: Press): string {
  const plain = key.length === 1 ? key.toLowerCase() : key
  return `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${plain}`
}

/** Whether a key belongs to an input method: the Enter that chooses words sends nothing. */
export function composes(event: KeyboardEvent): boolean {
  // 229: browsers that end the composition before they tell of its last key.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only sign of it there
  return event.isComposing || event.keyCode === 229
}

/** Read a browser's event. */
export function pressOf(event: KeyboardEvent): Press {
  return {
    key: event.key,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    composing: composes(event),
    repeat: event.repeat,
    typing: isTyping(event.target),
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLSelectElement) return true
  const buttons = ['button', 'checkbox', 'radio', 'submit', 'range', 'file']
  return target instanceof HTMLInputElement && !buttons.includes(target.type)
}
