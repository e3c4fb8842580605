/** A letter in one's own words; another person reads it before it goes. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages } from 'antd'
import { useState } from 'react'
import { writeLetter } from '@/api/post'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { LineField, TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { AddressFields, PostDialog, Registered } from './Moves'
import { addresseeOf, fitsWindow } from './states'

const ABOUT = 'new letter'

export function Write({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [holder, setHolder] = useDraft(ABOUT, 'holder', '')
  const [subject, setSubject] = useDraft(ABOUT, 'subject', '')
  const [text, setText] = useDraft(ABOUT, 'text', '')
  const [elsewhere, setElsewhere] = useState(false)
  const [name, setName] = useState('')
  const [lines, setLines] = useState('')
  const [registered, setRegistered] = useState(false)
  const to = addresseeOf(name, lines)
  const write = useMutation({
    mutationFn: () =>
      writeLetter({
        holder: holder.trim(),
        subject,
        text,
        registered,
        ...(elsewhere ? { addressee: to } : {}),
      }),
    onSuccess: async () => {
      discard(ABOUT)
      await queries.invalidateQueries({ queryKey: ['post'] })
      void message.success(t('post.write.done'))
      onClose()
    },
  })
  const whole = Boolean(holder.trim() && subject.trim() && text.trim())
  return (
    <PostDialog
      title={t('post.write')}
      submit={t('post.write.send')}
      ready={whole && (!elsewhere || fitsWindow(to))}
      move={write}
      first="write-holder"
      missing={t('post.holder.none')}
      onClose={onClose}
    >
      <p className="quiet">{t('post.write.hint')}</p>
      <LineField
        id="write-holder"
        label={t('post.holder')}
        most={40}
        value={holder}
        onChange={setHolder}
      />
      <LineField
        id="write-subject"
        label={t('post.subject')}
        most={120}
        value={subject}
        onChange={setSubject}
      />
      <TextField
        id="write-text"
        label={t('post.text')}
        rows={8}
        most={20_000}
        value={text}
        onChange={setText}
      />
      <p>
        <label>
          <input
            type="checkbox"
            checked={elsewhere}
            onChange={(event) => setElsewhere(event.target.checked)}
          />{' '}
          {t('post.elsewhere')}
        </label>
      </p>
      {elsewhere && <AddressFields id="write" {...{ name, setName, lines, setLines }} />}
      <Registered value={registered} onChange={setRegistered} />
    </PostDialog>
  )
}
