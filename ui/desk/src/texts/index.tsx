/** Texts in the language of whoever works here; only one language is loaded. */
import { createContext, useContext, type ReactNode } from 'react'
import type { zh } from './zh'

export type Language = 'zh' | 'en'
export type TextKey = keyof typeof zh
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
  return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh'
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language)
}

export async function load(language: Language): Promise<Texts> {
  return language === 'zh' ? (await import('./zh')).zh : (await import('./en')).en
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
