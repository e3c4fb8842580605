/** Holding a card of whoever reported, for a time: before anybody has called back. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Input } from 'antd'
import { useState } from 'react'
import { holdForReport, type WholeScamReport } from '@/api/trust'
import { Dialog } from '@/app/Dialog'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { moment } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

type ReporterCard = WholeScamReport['cards'][number]

const LEAST = 15

export function Protect({ report }: { report: WholeScamReport }) {
  const { t, word, language } = useTexts()
  const [card, setCard] = useState<ReporterCard | null>(null)
  if (report.holder === null) return null
  return (
    <Panel title={t('scam.cards')}>
      {report.cards.length === 0 && <p className="quiet">{t('scam.cards.none')}</p>}
      <ul className="list">
        {report.cards.map((one) => (
          <li key={one.id} className="row">
            <span className="figures">•••• {one.tail}</span>
            <span className={one.state === 'active' ? '' : 'good'}>
              {word('card', one.state)}
              {one.held_until &&
                one.state === 'held' &&
                ` ${t('call.card.until', { time: moment(one.held_until, language) })}`}
            </span>
            <span className="grow" />
            {report.state === 'open' && one.state === 'active' && (
              <Button
                size="small"
                danger
                aria-label={`${t('scam.hold')} ${one.tail}`}
                onClick={() => setCard(one)}
              >
                {t('scam.hold')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {card && <Hold report={report.id} card={card} onClose={() => setCard(null)} />}
    </Panel>
  )
}

interface HoldProps {
  report: string
  card: ReporterCard
  onClose: () => void
}

function Hold({ report, card, onClose }: HoldProps) {
  const { t, language } = useTexts()
  const { message } = Messages.useApp()
  const about = `scam ${report}`
  const [why, setWhy] = useDraft(about, 'hold', '')
  const hold = useMutation({
    mutationFn: () => holdForReport(report, card.id, why),
    onSuccess: async ({ held }) => {
      await queries.invalidateQueries({ queryKey: ['scams'] })
      if (!held.allowed) return
      discard(about, 'hold')
      const words = held.already ? 'scam.hold.already' : 'scam.hold.done'
      void message.success(t(words, { tail: card.tail }), 6)
      onClose()
    },
  })
  const refused = hold.data?.held.allowed === false ? hold.data.refusals : null
  return (
    <Dialog
      open
      title={t('scam.hold.title', { tail: card.tail })}
      okText={t('scam.hold')}
      cancelText={t('app.cancel')}
      confirmLoading={hold.isPending}
      okButtonProps={{ danger: true, disabled: why.trim().length < LEAST }}
      onOk={() => hold.mutate()}
      onCancel={onClose}
    >
      <Failure error={hold.error} />
      {refused && (
        <Alert
          type="warning"
          role="alert"
          title={t('scam.hold.refused')}
          description={refused
            .map((one) => (one.words ? inLanguage(one.words, language) : one.code))
            .join(' · ')}
        />
      )}
      <p className="quiet">{t('scam.hold.hint')}</p>
      <label htmlFor="hold-why">{t('scam.hold.why')}</label>
      <Input.TextArea
        id="hold-why"
        autoFocus
        rows={3}
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
    </Dialog>
  )
}
