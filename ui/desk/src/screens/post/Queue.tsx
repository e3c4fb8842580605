/** Letters that leave, by where they are; what comes next stands beside each. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { letterPdf, lettersQuery, type Letter } from '@/api/post'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { useMe } from '@/app/me'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { Again, Come, Posted, Withdraw } from './Moves'
import { isPrinted, LETTER_STATES, moveOf, type LetterMove, type ShownState } from './states'

export function Queue() {
  const spoken = useTexts()
  const { t } = spoken
  const [state, setState] = useState<ShownState>('printed')
  const [moving, setMoving] = useState<{ letter: Letter; move: LetterMove } | null>(null)
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    lettersQuery(state),
  )
  const letters = data?.pages.flat()
  const close = () => setMoving(null)
  return (
    <section className="panel" aria-label={t('post.part.queue')}>
      <div className="row headed">
        <Segmented
          value={state}
          onChange={setState}
          options={LETTER_STATES.map((one) => ({ value: one, label: t(`post.state.${one}`) }))}
        />
      </div>
      <p className="quiet">{t(`post.state.${state}.what`)}</p>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!letters && !error && <p className="quiet">{t('app.loading')}</p>}
      {letters?.length === 0 && <p className="quiet">{t('post.none')}</p>}
      {letters && letters.length > 0 && (
        <List letters={letters} onMove={(letter, move) => setMoving({ letter, move })} />
      )}
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('app.more')}
        </Button>
      )}
      {moving?.move === 'post' && <Posted letter={moving.letter} onClose={close} />}
      {moving?.move === 'return' && <Come letter={moving.letter} onClose={close} />}
      {moving?.move === 'again' && <Again letter={moving.letter} onClose={close} />}
      {moving?.move === 'withdraw' && <Withdraw letter={moving.letter} onClose={close} />}
    </section>
  )
}

interface ListProps {
  letters: readonly Letter[]
  onMove: (letter: Letter, move: LetterMove) => void
}

function List({ letters, onMove }: ListProps) {
  const { t, word, language } = useTexts()
  const me = useMe()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('post.number')}</th>
          <th scope="col">{t('post.to')}</th>
          <th scope="col">{t('post.about')}</th>
          <th scope="col">{t('post.written')}</th>
          <th scope="col">{t('post.way')}</th>
          <th scope="col">{t('post.do')}</th>
        </tr>
      </thead>
      <tbody>
        {letters.map((one) => {
          const move = moveOf(one.state, me.role)
          return (
            <tr key={one.id}>
              <th scope="row" className="figures">
                {one.number || '–'}
                {isPrinted(one) && me.role === 'lead' && (
                  <div>
                    <a href={letterPdf(one.id)} target="_blank" rel="noreferrer">
                      {t('post.pdf')}
                    </a>
                  </div>
                )}
              </th>
              <td>
                {one.addressee.name}
                <div className="quiet">{one.addressee.lines.join(' ')}</div>
              </td>
              <td>
                {word('post.template', one.template)}
                {one.registered && (
                  <>
                    {' '}
                    <Badge tone="accent">{t('post.registered')}</Badge>
                  </>
                )}
                {one.again && <div className="quiet">{t('post.repeat')}</div>}
                {one.missing.length > 0 && (
                  <div className="warn">
                    {t('post.missing', { signs: one.missing.join(t('app.and')) })}
                  </div>
                )}
              </td>
              <td className="nowrap">{moment(one.at, language)}</td>
              <td>
                <Way letter={one} />
              </td>
              <td>
                {move && (
                  <Button
                    size="small"
                    aria-label={`${t(`post.move.${move}`)} ${one.number}`}
                    onClick={() => onMove(one, move)}
                  >
                    {t(`post.move.${move}`)}
                  </Button>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** How far it has come. */
function Way({ letter: one }: { letter: Letter }) {
  const { t, word, language } = useTexts()
  const said: string[] = []
  if (one.printed_at) said.push(t('post.printed.at', { time: moment(one.printed_at, language) }))
  if (one.posted_at)
    said.push(
      t('post.posted.at', {
        time: moment(one.posted_at, language),
        carrier: [one.carrier, one.posting].filter(Boolean).join(' '),
      }),
    )
  if (one.returned_at)
    said.push(
      t('post.returned.at', {
        time: moment(one.returned_at, language),
        reason: word('post.reason', one.return_reason ?? 'other'),
      }),
    )
  if (one.withdrawn_at)
    said.push(
      t('post.withdrawn.at', {
        time: moment(one.withdrawn_at, language),
        by: one.withdrawn_by ?? '',
        why: one.withdrawn_why ?? '–',
      }),
    )
  if (one.fault && one.state !== 'withdrawn') said.push(t('post.fault', { fault: one.fault }))
  return (
    <>
      {said.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  )
}
