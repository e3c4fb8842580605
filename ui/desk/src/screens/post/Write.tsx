/** A letter in one's own words; another person reads it before it goes. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages } from 'antd'
import { useState } from 'react'
import { writeLetter, type Draft } from '@/api/post'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { LineField, TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { AddressFields, PostDialog, Registered } from './Moves'
import { addresseeOf, fitsWindow } from './states'

interface Props {
  /** What was sent back and is written anew. */
  before?: Draft
  onClose: () => void
}

export function Write({ before, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const about = before ? `letter draft ${before.id}` : 'new letter'
  const [holder, setHolder] = useDraft(about, 'holder', before?.holder ?? '')
  const [subject, setSubject] = useDraft(about, 'subject', before?.subject ?? '')
  const [text, setText] = useDraft(about, 'text', before?.text ?? '')
  const [elsewhere, setElsewhere] = useState(before !== undefined)
  const [name, setName] = useState(before?.addressee.name ?? '')
  const [lines, setLines] = useState(before?.addressee.lines.join('\n') ?? '')
  const [registered, setRegistered] = useState(before?.registered ?? false)
  const to = addresseeOf(name, lines)
  const write = useMutation({
    mutationFn: () =>
      writeLetter({
        holder: holder.trim(),
        subject,
        text,
        registered,
        ...(elsewhere ? { addressee: to } : {}),
        ...(before ? { instead_of: before.id } : {}),
      }),
    onSuccess: async () => {
      discard(about)
      await queries.invalidateQueries({ queryKey: ['post'] })
      void message.success(t('post.write.done'))
      onClose()
    },
  })
  const whole = Boolean(holder.trim() && subject.trim() && text.trim())
  return (
    <PostDialog
      title={t(before ? 'post.anew' : 'post.write')}
      submit={t('post.write.send')}
      ready={whole && (!elsewhere || fitsWindow(to))}
      move={write}
      first="write-holder"
      missing={t('post.holder.none')}
      onClose={onClose}
    >
      {before && <p className="warn text">{before.why}</p>}
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
