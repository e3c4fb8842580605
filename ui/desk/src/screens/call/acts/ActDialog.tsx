/** The form of one act; none has a field for a card number, an expiry, a CVV or a password. */
import { useState } from 'react'
import type { ActView } from '@/api/acts'
import { Dialog } from '@/app/Dialog'
import { useTexts } from '@/texts'
import { Closing } from './Closing'
import { Contact } from './Contact'
import { Failed, Dispute, Objection } from './Opening'
import { Fee } from './Fee'
import { Limit } from './Limit'
import { formOf } from './kinds'

interface Props {
  act: ActView
  interaction: string
  up: boolean
  onClose: () => void
}

const FORM = {
  dispute: Dispute,
  failed: Failed,
  objection: Objection,
  contact: Contact,
  limit: Limit,
  fee: Fee,
  closing: Closing,
} as const

export function ActDialog({ act, interaction, up, onClose }: Props) {
  const { language } = useTexts()
  const [press] = useState(() => crypto.randomUUID())
  const form = formOf(act.act)
  if (form === null) return null
  const Form = FORM[form]
  const title = language === 'zh' ? act.title_zh : act.title_en
  return (
    <Dialog
      open
      width={640}
      title={act.card ? `${title} •••• ${act.card.tail}` : title}
      footer={null}
      onCancel={onClose}
    >
      <Form act={act} interaction={interaction} up={up} press={press} />
    </Dialog>
  )
}
