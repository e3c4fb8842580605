/** The cards, numbered for the keyboard; freezing and holding them in four keys. */
import { App as Messages, Button } from 'antd'
import { useState } from 'react'
import { sentence } from '@/api/sentences'
import { onCard, type ShownCard } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { FreezeDialog } from './FreezeDialog'

export function Cards({ interaction, cards }: { interaction: string; cards: ShownCard[] }) {
  const spoken = useTexts()
  const { t, word, language } = spoken
  const { message } = Messages.useApp()
  const [freezing, setFreezing] = useState<'freeze' | 'hold' | null>(null)
  useKeys(
    [
      {
        keys: 'f',
        text: 'call.freeze.title',
        group: 'call.group',
        run: () => setFreezing('freeze'),
      },
      {
        keys: 'h',
        text: 'call.hold.title',
        group: 'call.group',
        run: () => setFreezing('hold'),
      },
    ],
    { active: cards.length > 0 },
  )
  const release = async (card: ShownCard) => {
    try {
      const told = await onCard(interaction, card.id, 'release')
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      if (told.allowed) void message.success(t('call.release.done', { tail: card.tail }))
      else {
        const why = told.verdict.reasons.map((one) => word('reason', one.code)).join(' · ')
        void message.error(`${t('call.release.refused')} ${why}`, 8)
      }
    } catch (error) {
      void message.error(sentence(error, spoken))
    }
  }
  return (
    <Panel
      title={t('call.cards')}
      extra={
        cards.length > 0 && (
          <span className="row">
            <Button size="small" onClick={() => setFreezing('hold')}>
              {t('call.hold.do')} <kbd>H</kbd>
            </Button>
            <Button size="small" danger onClick={() => setFreezing('freeze')}>
              {t('call.card.freeze')} <kbd>F</kbd>
            </Button>
          </span>
        )
      }
    >
      {cards.length === 0 && <p className="quiet">{t('call.cards.none')}</p>}
      <ol className="list numbered">
        {cards.map((card) => (
          <li key={card.id}>
            <span className="figures">•••• {card.tail}</span> {word('product', card.product)}{' '}
            <strong className={card.state === 'active' ? 'good' : 'bad'}>
              {word('card', card.state)}
            </strong>{' '}
            {card.held_until && (
              <span className="quiet">
                {t('call.card.until', { time: moment(card.held_until, language) })}
              </span>
            )}
            {(card.state === 'held' || card.state === 'frozen') && (
              <Button size="small" onClick={() => void release(card)}>
                {t('call.card.release')}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {freezing && (
        <FreezeDialog
          interaction={interaction}
          cards={cards}
          hold={freezing === 'hold'}
          onClose={() => setFreezing(null)}
        />
      )}
    </Panel>
  )
}
