/** What happens to a letter: stopped, handed to a carrier, come back, sent once more. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages } from 'antd'
import { useState, type ReactNode } from 'react'
import {
  postLetter,
  returnLetter,
  sendAgain,
  withdrawLetter,
  type Letter,
  type ReturnReason,
} from '@/api/post'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { DateField } from '@/format/DateField'
import { fromLocalInput, toLocalInput } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { Failure } from '@/screens/call/acts/Outcome'
import { LineField, TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { GateReasons } from './Answer'
import { addresseeOf, fitsWindow } from './states'

interface Props {
  letter: Letter
  onClose: () => void
}

interface DialogProps {
  title: string
  submit: string
  ready: boolean
  move: { mutate: () => void; isPending: boolean; error: unknown }
  first: string
  /** What is said where the server knows nothing by the name that was typed. */
  missing?: string
  onClose: () => void
  children: ReactNode
}

export function PostDialog(props: DialogProps) {
  const { title, submit, ready, move, first, missing = '', onClose, children } = props
  const { t } = useTexts()
  return (
    <Dialog
      open
      title={title}
      okText={submit}
      cancelText={t('app.cancel')}
      confirmLoading={move.isPending}
      okButtonProps={{ disabled: !ready }}
      onOk={() => move.mutate()}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById(first)?.focus()}
    >
      <Failure error={move.error} missing={missing} />
      {children}
    </Dialog>
  )
}

function useMove<T>(run: () => Promise<T>, done: (told: T) => void) {
  return useMutation({
    mutationFn: run,
    onSuccess: async (told) => {
      await queries.invalidateQueries({ queryKey: ['post'] })
      done(told)
    },
  })
}

const CARRIER = 'post carrier'

export function Posted({ letter, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  // Most letters of a day go by the same carrier.
  const [carrier, setCarrier] = useState(() => localStorage.getItem(CARRIER) ?? '')
  const [posting, setPosting] = useState('')
  const [when, setWhen] = useState(() => toLocalInput(new Date(serverNow()).toISOString()))
  const at = fromLocalInput(when)
  const move = useMove(
    () =>
      postLetter(letter.id, {
        carrier: carrier.trim(),
        posting: posting.trim(),
        posted_at: at ?? '',
      }),
    () => {
      localStorage.setItem(CARRIER, carrier.trim())
      void message.success(t('post.posted.done'))
      onClose()
    },
  )
  const ready = Boolean(carrier.trim() && at && (!letter.registered || posting.trim()))
  return (
    <PostDialog
      title={t('post.posted.title', { number: letter.number })}
      submit={t('post.move.post')}
      ready={ready}
      move={move}
      first={carrier ? 'post-posting' : 'post-carrier'}
      onClose={onClose}
    >
      <p className="quiet">{t('post.posted.hint')}</p>
      <LineField
        id="post-carrier"
        label={t('post.carrier')}
        most={40}
        value={carrier}
        onChange={setCarrier}
      />
      <LineField
        id="post-posting"
        label={t(letter.registered ? 'post.posting.needed' : 'post.posting')}
        most={40}
        value={posting}
        onChange={setPosting}
      />
      <p className="field">
        <label htmlFor="post-when">{t('post.posted.when')}</label>
        <DateField id="post-when" time value={when} onChange={setWhen} />
      </p>
    </PostDialog>
  )
}

const REASONS: readonly ReturnReason[] = [
  'unknown',
  'moved',
  'refused',
  'not-collected',
  'deceased',
  'damaged',
  'other',
]

export function Come({ letter, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [reason, setReason] = useState<ReturnReason | ''>('')
  const move = useMove(
    () => returnLetter(letter.id, reason || 'other'),
    () => {
      void message.success(t('post.returned.done'))
      onClose()
    },
  )
  return (
    <PostDialog
      title={t('post.returned.title', { number: letter.number })}
      submit={t('post.move.return')}
      ready={reason !== ''}
      move={move}
      first="post-reason"
      onClose={onClose}
    >
      <p className="quiet">{t('post.returned.hint')}</p>
      <p className="field">
        <label htmlFor="post-reason">{t('post.returned.reason')}</label>
        <select
          id="post-reason"
          value={reason}
          onChange={(event) => setReason(event.target.value as ReturnReason | '')}
        >
          <option value="">{t('call.wrapup.pick')}</option>
          {REASONS.map((one) => (
            <option key={one} value={one}>
              {t(`post.reason.${one}`)}
            </option>
          ))}
        </select>
      </p>
    </PostDialog>
  )
}

export function Again({ letter, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [name, setName] = useState(letter.addressee.name)
  const [lines, setLines] = useState(letter.addressee.lines.join('\n'))
  const [registered, setRegistered] = useState(letter.registered)
  const to = addresseeOf(name, lines)
  const move = useMove(
    () => sendAgain(letter.id, { addressee: to, registered }),
    (told) => {
      if (told.reasons.length > 0) return
      void message.success(t('post.again.done', { number: told.number }))
      onClose()
    },
  )
  return (
    <PostDialog
      title={t('post.again.title', { number: letter.number })}
      submit={t('post.move.again')}
      ready={fitsWindow(to) && !move.data}
      move={move}
      first="again-lines"
      onClose={onClose}
    >
      {move.data && (
        <Alert
          type="warning"
          role="alert"
          title={t('post.maynot')}
          description={<GateReasons codes={move.data.reasons} />}
        />
      )}
      <p className="quiet">{t('post.again.hint')}</p>
      <AddressFields id="again" {...{ name, setName, lines, setLines }} />
      <Registered value={registered} onChange={setRegistered} />
    </PostDialog>
  )
}

interface AddressProps {
  id: string
  name: string
  setName: (name: string) => void
  lines: string
  setLines: (lines: string) => void
}

export function AddressFields({ id, name, setName, lines, setLines }: AddressProps) {
  const { t } = useTexts()
  return (
    <>
      <LineField
        id={`${id}-name`}
        label={t('post.addressee')}
        most={60}
        value={name}
        onChange={setName}
      />
      <TextField
        id={`${id}-lines`}
        label={t('post.address')}
        rows={4}
        most={310}
        value={lines}
        onChange={setLines}
      />
    </>
  )
}

export function Registered({
  value,
  onChange,
}: {
  value: boolean
  onChange: (value: boolean) => void
}) {
  const { t } = useTexts()
  return (
    <p>
      <label>
        <input
          type="checkbox"
          checked={value}
          onChange={(event) => onChange(event.target.checked)}
        />{' '}
        {t('post.registered.tick')}
      </label>
    </p>
  )
}

export function Withdraw({ letter, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [why, setWhy] = useState('')
  const move = useMove(
    () => withdrawLetter(letter.id, why.trim()),
    () => {
      void message.success(t('post.withdraw.done'))
      onClose()
    },
  )
  return (
    <PostDialog
      title={t('post.withdraw.title', { number: letter.number })}
      submit={t('post.move.withdraw')}
      ready={why.trim() !== ''}
      move={move}
      first="withdraw-why"
      onClose={onClose}
    >
      <LineField
        id="withdraw-why"
        label={t('post.withdraw.why')}
        most={200}
        value={why}
        onChange={setWhy}
      />
    </PostDialog>
  )
}
