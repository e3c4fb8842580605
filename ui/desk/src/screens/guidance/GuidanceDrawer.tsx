/** Guidance beside a conversation, under one key; what was looked up stays while it is closed. */
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useKeys } from '@/keys/useKeys'
import { useTexts, type Language } from '@/texts'
import { Guide } from './Guide'

interface Props {
  language: Language
  about: string
  matter?: string
  onInsert?: (text: string) => void
}

export function GuidanceDrawer({ language, about, matter = '', onInsert }: Props) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  useKeys([{ keys: 'k', text: 'nav.knowledge', group: 'guide.group', run: () => setOpen(true) }])
  useKeys(
    [{ keys: 'Escape', text: 'app.close', group: 'guide.group', run: () => setOpen(false) }],
    { active: open },
  )
  const insert = (text: string) => {
    onInsert?.(text)
    setOpen(false)
  }
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('nav.knowledge')} <kbd>K</kbd>
      </Button>
      <Drawer
        open={open}
        title={t('nav.knowledge')}
        size={460}
        mask={false}
        onClose={() => setOpen(false)}
      >
        <Guide
          language={language}
          about={about}
          matter={matter}
          {...(onInsert ? { onInsert: insert } : {})}
        />
      </Drawer>
    </>
  )
}
