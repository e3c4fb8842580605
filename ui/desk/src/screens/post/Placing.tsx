/** Whose an e-mail is, and by what one knows; or that it needs no answer. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages, Button } from 'antd'
import { useState } from 'react'
import { closeEmail, sayWhose, type ClosedFor, type Email, type HolderProof } from '@/api/post'
import { queries } from '@/app/parts'
import { LineField, Pick, TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { PostDialog } from './Moves'

const PROOFS: readonly HolderProof[] = ['called-back', 'papers', 'claimed']
const CLOSED: readonly ClosedFor[] = [
  'answered-elsewhere',
  'no-answer-needed',
  'not-for-us',
  'junk',
]
const LEAST = 4

type What = 'whose' | 'close'

export function Placing({ mail }: { mail: Email }) {
  const { t } = useTexts()
  const [open, setOpen] = useState<What | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <p className="row apart">
        <Button size="small" onClick={() => setOpen('whose')}>
          {t('emails.whose')}
        </Button>
        {mail.due_at && (
          <Button size="small" onClick={() => setOpen('close')}>
            {t('emails.close')}
          </Button>
        )}
      </p>
      {open === 'whose' && <Whose mail={mail} onClose={close} />}
      {open === 'close' && <Close mail={mail} onClose={close} />}
    </>
  )
}

interface Props {
  mail: Email
  onClose: () => void
}

async function keep(told: Email) {
  queries.setQueryData(['email', told.id], told)
  await queries.invalidateQueries({ queryKey: ['emails'] })
  await queries.invalidateQueries({ queryKey: ['tasks'] })
}

function useNamed(prefix: string) {
  const { word } = useTexts()
  return (codes: readonly string[]) =>
    codes.map((code) => {
      const name = word(prefix, code)
      return { code, zh: name, en: name }
    })
}

function Whose({ mail, onClose }: Props) {
  const { t } = useTexts()
  const named = useNamed('emails.proof')
  const { message } = Messages.useApp()
  const [holder, setHolder] = useState(mail.holder ?? '')
  const [proof, setProof] = useState<string>(mail.holder_proof ?? '')
  const [why, setWhy] = useState('')
  const nobody = holder.trim() === ''
  const say = useMutation({
    mutationFn: () =>
      sayWhose(mail.id, {
        holder: nobody ? null : holder.trim(),
        proof: (proof || 'claimed') as HolderProof,
        why: why.trim(),
      }),
    onSuccess: async (told) => {
      await keep(told)
      void message.success(t('emails.whose.done'))
      onClose()
    },
  })
  return (
    <PostDialog
      title={t('emails.whose')}
      submit={t('emails.whose.say')}
      ready={nobody ? mail.holder !== null : proof !== '' && why.trim().length >= LEAST}
      move={say}
      first="whose-holder"
      missing={t('post.holder.none')}
      onClose={onClose}
    >
      <p className="quiet">{t('emails.whose.hint')}</p>
      <LineField
        id="whose-holder"
        label={t('emails.whose.holder')}
        most={64}
        value={holder}
        onChange={setHolder}
      />
      {!nobody && (
        <>
          <Pick
            id="whose-proof"
            label={t('emails.whose.proof')}
            words={named(PROOFS)}
            value={proof}
            onChange={setProof}
          />
          <TextField
            id="whose-why"
            label={t('emails.whose.why')}
            most={500}
            value={why}
            onChange={setWhy}
          />
        </>
      )}
    </PostDialog>
  )
}

function Close({ mail, onClose }: Props) {
  const { t } = useTexts()
  const named = useNamed('emails.close')
  const { message } = Messages.useApp()
  const [why, setWhy] = useState('')
  const [note, setNote] = useState('')
  const close = useMutation({
    mutationFn: () => closeEmail(mail.id, { why: why as ClosedFor, note: note.trim() }),
    onSuccess: async (told) => {
      await keep(told)
      void message.success(t('emails.close.done'))
      onClose()
    },
  })
  return (
    <PostDialog
      title={t('emails.close')}
      submit={t('emails.close')}
      ready={why !== ''}
      move={close}
      first="close-why"
      onClose={onClose}
    >
      <Pick
        id="close-why"
        label={t('emails.close.why')}
        words={named(CLOSED)}
        value={why}
        onChange={setWhy}
      />
      <TextField
        id="close-note"
        label={t('emails.close.note')}
        most={500}
        value={note}
        onChange={setNote}
      />
    </PostDialog>
  )
}
