/** Freeze a card: its number, Enter, Enter. Without proof, hold it: its number, a ground, Enter. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages, Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { sentence } from '@/api/sentences'
import { onCard, type ShownCard } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { GROUNDS, HoldPart, saysWhy } from './HoldPart'

interface Props {
  interaction: string
  cards: ShownCard[]
  /** Nobody has proved enough to freeze: go on to holding at once. */
  hold?: boolean
  onClose: () => void
}

export function FreezeDialog({ interaction, cards, hold = false, onClose }: Props) {
  const spoken = useTexts()
  const { t, word } = spoken
  const { message } = Messages.useApp()
  const [chosen, setChosen] = useState(cards.length === 1 ? 0 : -1)
  const [sure, setSure] = useState(false)
  const [plausible, setPlausible] = useDraft(interaction, 'plausible', '')
  const list = useRef<HTMLOListElement>(null)
  const card = cards[chosen]
  const act = useMutation({
    mutationFn: ({ what, on }: { what: 'freeze' | 'hold'; on: ShownCard }) =>
      onCard(interaction, on.id, what, what === 'hold' ? plausible : ''),
    onSuccess: async (told, { what, on }) => {
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      if (!told.allowed) return
      discard(interaction, 'plausible')
      const key = what === 'hold' ? 'call.hold.done' : 'call.freeze.done'
      void message.success(t(told.already ? 'call.freeze.already' : key, { tail: on.tail }), 6)
      onClose()
    },
  })
  // The list has the focus, so that no button takes the Enter that is meant for the card.
  useEffect(() => list.current?.focus(), [])
  const refused = act.data?.allowed === false
  const holding = hold || refused
  const enter = () => {
    if (!card || act.isPending) return
    if (holding) {
      if (saysWhy(plausible)) act.mutate({ what: 'hold', on: card })
    } else if (sure) act.mutate({ what: 'freeze', on: card })
    else setSure(true)
  }
  const pick = (index: number) => {
    if (!cards[index]) return
    setChosen(index)
    setSure(false)
    act.reset()
  }
  useKeys(
    [
      ...(holding && card
        ? GROUNDS.map((one, index) => ({
            keys: String(index + 1),
            text: 'call.hold.ground' as const,
            group: 'call.freeze.title' as const,
            run: () => setPlausible(t(`call.hold.ground.${one}`)),
          }))
        : cards.slice(0, 9).map((_, index) => ({
            keys: String(index + 1),
            text: 'call.freeze.pick' as const,
            group: 'call.freeze.title' as const,
            run: () => pick(index),
          }))),
      {
        keys: 'Enter',
        text: 'call.card.freeze' as const,
        group: 'call.freeze.title' as const,
        run: enter,
      },
    ],
    { alone: true },
  )
  return (
    <Dialog
      open
      title={t(hold ? 'call.hold.title' : 'call.freeze.title')}
      footer={null}
      onCancel={onClose}
      // The dialog takes the focus when it has come up: to its cross, which would take the Enter.
      afterOpenChange={(up) => up && list.current?.focus()}
    >
      <p aria-live="polite" className={sure ? 'bad' : ''}>
        {sure && card
          ? t('call.freeze.sure', { tail: card.tail })
          : t(hold ? 'call.hold.pick' : 'call.freeze.pick')}
      </p>
      <ol ref={list} tabIndex={-1} className="list numbered choice" aria-label={t('call.cards')}>
        {cards.map((one, index) => (
          <li key={one.id}>
            <label>
              <input
                type="radio"
                name="card"
                checked={index === chosen}
                onChange={() => pick(index)}
              />{' '}
              <span className="figures">•••• {one.tail}</span> {word('card', one.state)}
            </label>
          </li>
        ))}
      </ol>
      {act.isError && <Alert type="error" role="alert" title={sentence(act.error, spoken)} />}
      {refused && (
        <Alert
          type="warning"
          role="alert"
          title={t('call.freeze.refused')}
          description={act.data?.verdict.reasons.map((one) => word('reason', one.code)).join(' · ')}
        />
      )}
      {holding && card && (
        <HoldPart
          plausible={plausible}
          onChange={setPlausible}
          busy={act.isPending}
          onHold={enter}
        />
      )}
      {!holding && (
        <Button
          type="primary"
          danger={sure}
          disabled={!card}
          loading={act.isPending}
          onClick={enter}
        >
          {sure ? t('call.card.freeze') : t('app.confirm')} <kbd>{'Enter'}</kbd>
        </Button>
      )}
    </Dialog>
  )
}
