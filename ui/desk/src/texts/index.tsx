/** Texts in the language of whoever works here; only one language is loaded. */
import { createContext, useContext, type ReactNode } from 'react'
import type { zh } from './zh'
import type { later } from './zh/later'

export type Language = 'zh' | 'en'
export type TextKey = keyof typeof zh | keyof typeof later
export type Texts = Record<TextKey, string>
export type Values = Record<string, string | number>

/** Say a text, with `{name}` replaced. */
export type Say = (key: TextKey, values?: Values) => string

export interface Spoken {
  language: Language
  t: Say
  /** A text whose key is made up from a code of the server; `otherwise` where there is none. */
  word: (prefix: string, code: string, otherwise?: string) => string
}

const KEPT = 'language'

export function keptLanguage(): Language {
  const chosen = localStorage.getItem(KEPT) ?? document.documentElement.dataset.language
  return chosen === 'en' ? 'en' : 'zh'
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language)
}

let shown: { language: Language; texts: Texts } | null = null
let behind = false

/** The texts of a language: those of the first screen, and of all others once one was opened. */
export async function load(language: Language): Promise<Texts> {
  const first = language === 'zh' ? (await import('./zh')).zh : (await import('./en')).en
  const texts = { ...first, ...(behind ? await rest(language) : {}) } as Texts
  shown = { language, texts }
  return texts
}

/** Have the texts of what lies behind the first screen; they join those that are shown. */
export async function loadLater(): Promise<void> {
  if (behind) return
  const language = shown?.language ?? keptLanguage()
  const more = await rest(language)
  behind = true
  if (shown?.language === language) Object.assign(shown.texts, more)
  else if (shown) Object.assign(shown.texts, await rest(shown.language))
}

async function rest(language: Language): Promise<Partial<Texts>> {
  const part = language === 'zh' ? await import('./zh/later') : await import('./en/later')
  return part.later
}

export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export function speak(language: Language, texts: Texts): Spoken {
  const known = texts as Record<string, string | undefined>
  return {
    language,
    t: (key, values) => fill(texts[key], values),
    word: (prefix, code, otherwise) => known[`${prefix}.${code}`] ?? otherwise ?? code,
  }
}

const Context = createContext<Spoken | null>(null)

export function TextsProvider({ spoken, children }: { spoken: Spoken; children: ReactNode }) {
  return <Context value={spoken}>{children}</Context>
}

export function useTexts(): Spoken {
  const spoken = useContext(Context)
  if (spoken === null) throw new Error('no texts')
  return spoken
}
