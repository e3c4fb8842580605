/** Words that the server gives in both languages. */
import type { Language } from '.'

export function inLanguage(words: { zh: string; en: string }, language: Language): string {
  return words[language]
}
