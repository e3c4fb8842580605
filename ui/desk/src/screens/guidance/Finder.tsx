/** Articles found while somebody types; what was searched for is marked. */
import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { findArticlesQuery, type HitView } from '@/api/guidance'
import { sentence } from '@/api/sentences'
import { composes } from '@/keys/map'
import { useTexts, type Language } from '@/texts'
import { useSettled } from './useSettled'

interface Props {
  language: Language
  chosen: string
  autoFocus?: boolean
  onRead: (article: string) => void
}

const PAUSE_MS = 200

export function Finder({ language, chosen, autoFocus = false, onRead }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const [typed, setTyped] = useState('')
  const [composing, setComposing] = useState(false)
  const q = useSettled(typed.trim(), PAUSE_MS, composing)
  const { data: hits, error } = useQuery(findArticlesQuery(q, language, ''))
  return (
    <section className="finder" aria-label={t('guide.articles')}>
      <label htmlFor="guide-q">{t('guide.search')}</label>
      <Input
        id="guide-q"
        type="search"
        autoFocus={autoFocus}
        autoComplete="off"
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          const first = hits?.[0]
          if (event.key === 'Enter' && !composes(event.nativeEvent) && first) onRead(first.id)
        }}
      />
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      <p className="unseen" role="status">
        {hits && q && t('guide.found', { count: hits.length })}
      </p>
      {hits?.length === 0 && <p className="quiet">{t('guide.nothing')}</p>}
      <ul className="list">
        {hits?.map((hit) => (
          <li key={hit.id}>
            <button
              type="button"
              className="hit"
              aria-current={hit.id === chosen ? 'true' : undefined}
              onClick={() => onRead(hit.id)}
            >
              <strong>
                <Marked pieces={hit.title} />
              </strong>
              {hit.audience === 'staff' && <span className="warn"> {t('guide.staff')}</span>}
              <span className="quiet excerpt">
                <Marked pieces={hit.excerpt} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Marked({ pieces }: { pieces: HitView['title'] }) {
  return pieces.map((piece, index) =>
    piece.found ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
  )
}
