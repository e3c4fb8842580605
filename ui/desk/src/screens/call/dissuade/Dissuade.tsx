/** A holder whom we fear for: what it was, what is said step by step, a cooling-off, the record. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { persuasionQuery } from '@/api/trust'
import type { ShownCard } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import type { Language } from '@/texts'
import { Warning } from './Warning'

interface Props {
  interaction: string
  cards: readonly ShownCard[]
  /** A warning is on record of somebody: whom the conversation is about must be known. */
  known: boolean
  /** In which we speak with the holder. */
  speaks: Language
}

export function Dissuade({ interaction, cards, known, speaks }: Props) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  const { data: script } = useQuery({ ...persuasionQuery, enabled: open })
  useKeys([{ keys: 'j', text: 'dissuade', group: 'call.group', run: () => setOpen(true) }])
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('dissuade')} <kbd>{'J'}</kbd>
      </Button>
      <Dialog
        open={open}
        width={760}
        title={t('dissuade.title')}
        footer={null}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        {!known && <p className="bad">{t('dissuade.unknown')}</p>}
        {!script && <p className="quiet">{t('app.loading')}</p>}
        {script && (
          <Warning
            interaction={interaction}
            cards={cards}
            known={known}
            speaks={speaks}
            script={script}
            onClose={() => setOpen(false)}
          />
        )}
      </Dialog>
    </>
  )
}
