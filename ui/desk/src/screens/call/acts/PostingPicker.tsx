/** Choose a transaction from the account; nobody types a number. */
import type { PostingView } from '@/api/acts'
import { day, money } from '@/format/format'
import { useTexts } from '@/texts'

interface Props {
  postings: readonly PostingView[]
  currency: string
  chosen: string
  onChoose: (posting: string) => void
  /** A first line for whom no posting fits. */
  none?: string
}

export function PostingPicker({ postings, currency, chosen, onChoose, none }: Props) {
  const { t, word, language } = useTexts()
  const line = (id: string, text: React.ReactNode) => (
    <li key={id}>
      <label className="row">
        <input type="radio" name="posting" checked={chosen === id} onChange={() => onChoose(id)} />
        {text}
      </label>
    </li>
  )
  return (
    <fieldset className="plainset">
      <legend>{t('acts.posting')}</legend>
      {postings.length === 0 && !none && <p className="quiet">{t('acts.posting.none')}</p>}
      <ul className="list choice picker" tabIndex={-1}>
        {none && line('', none)}
        {postings.map((one) =>
          line(
            one.id,
            <>
              <span className="figures">{day(one.posted_on, language)}</span>
              <span className="grow">{one.merchant || word('posting', one.kind)}</span>
              <span className="figures">{money(one.amount.fen, currency, language)}</span>
            </>,
          ),
        )}
      </ul>
    </fieldset>
  )
}
