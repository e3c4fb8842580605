/** Articles, scripts, hard conversations: in a drawer beside a conversation, or as a screen. */
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTexts, type Language } from '@/texts'
import { Article } from './Article'
import { Finder } from './Finder'
import { HardTalks } from './HardTalks'
import { Scripts } from './Scripts'

const PARTS = ['articles', 'scripts', 'hard'] as const
type Part = (typeof PARTS)[number]

interface Props {
  /** Of whom one talks to: articles in it are found first. */
  language: Language
  /** The conversation that ticks belong to. */
  about: string
  matter?: string
  wide?: boolean
  /** Puts an article's text into what is being written to the holder. */
  onInsert?: (text: string) => void
}

export function Guide({ language, about, matter = '', wide = false, onInsert }: Props) {
  const { t } = useTexts()
  const [part, setPart] = useState<Part>('articles')
  const [speech, setSpeech] = useState(language)
  const [article, setArticle] = useState('')
  const read = (id: string) => {
    setArticle(id)
    setPart('articles')
  }
  return (
    <div className={wide ? 'guide wide' : 'guide'}>
      <div className="row">
        <Segmented
          aria-label={t('guide.part')}
          value={part}
          onChange={setPart}
          options={PARTS.map((one) => ({ value: one, label: t(`guide.${one}`) }))}
        />
        <Segmented
          aria-label={t('guide.language')}
          value={speech}
          onChange={setSpeech}
          options={(['zh', 'en'] as const).map((one) => ({
            value: one,
            label: t(`speech.${one}`),
          }))}
        />
      </div>
      {part === 'articles' && (
        <div className="guide-articles">
          {(wide || !article) && (
            <Finder language={speech} chosen={article} onRead={setArticle} autoFocus />
          )}
          {article && (
            <Article
              key={article}
              id={article}
              language={speech}
              onBack={() => setArticle('')}
              {...(onInsert ? { onInsert } : {})}
            />
          )}
        </div>
      )}
      {part === 'scripts' && (
        <Scripts language={speech} about={about} matter={matter} onRead={read} />
      )}
      {part === 'hard' && <HardTalks language={speech} />}
    </div>
  )
}
