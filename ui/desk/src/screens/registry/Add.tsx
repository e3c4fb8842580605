/** An entry to add; a mobile number is refused by the server, and says why. */
import { useMutation } from '@tanstack/react-query'
import { App as Messages, Input } from 'antd'
import { useState } from 'react'
import { addOfficial, type OfficialKind } from '@/api/trust'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { DateField } from '@/format/DateField'
import { fromLocalInput, toLocalInput } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'

const KINDS: readonly OfficialKind[] = ['number', 'sender', 'domain', 'campaign']

export function Add({ onClose }: { onClose: () => void }) {
  const { t, word } = useTexts()
  const { message } = Messages.useApp()
  const [kind, setKind] = useState<OfficialKind>('number')
  const [value, setValue] = useState('')
  const [zh, setZh] = useState('')
  const [en, setEn] = useState('')
  const [since, setSince] = useState(() => toLocalInput(new Date(serverNow()).toISOString()))
  const [until, setUntil] = useState('')
  const from = fromLocalInput(since)
  const to = until ? fromLocalInput(until) : null
  const add = useMutation({
    mutationFn: (begins: string) =>
      addOfficial({ kind, value: value.trim(), zh, en, since: begins, until: to }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['registry'] })
      void message.success(t('registry.add.done'))
      onClose()
    },
  })
  const whole = Boolean(value.trim() && zh.trim() && en.trim() && from)
  const field = (
    name: 'value' | 'zh' | 'en',
    typed: string,
    set: (typed: string) => void,
    most = 200,
  ) => (
    <p className="field">
      <label htmlFor={`official-${name}`}>{t(`registry.${name}`)}</label>
      <Input
        id={`official-${name}`}
        autoFocus={name === 'value'}
        maxLength={most}
        value={typed}
        onChange={(event) => set(event.target.value)}
      />
    </p>
  )
  return (
    <Dialog
      open
      title={t('registry.add.title')}
      okText={t('registry.add')}
      cancelText={t('app.cancel')}
      confirmLoading={add.isPending}
      okButtonProps={{ disabled: !whole || (kind === 'campaign' && !to) }}
      onOk={() => from && add.mutate(from)}
      onCancel={onClose}
    >
      <Failure error={add.error} />
      <p className="field">
        <label htmlFor="official-kind">{t('registry.kind')}</label>
        <select
          id="official-kind"
          value={kind}
          onChange={(event) => setKind(event.target.value as OfficialKind)}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {word('registry.kind', one)}
            </option>
          ))}
        </select>
      </p>
      {field('value', value, setValue, 300)}
      {field('zh', zh, setZh)}
      {field('en', en, setEn)}
      <div className="two">
        <p className="field">
          <label htmlFor="official-since">{t('registry.since')}</label>
          <DateField id="official-since" time value={since} onChange={setSince} />
        </p>
        <p className="field">
          <label htmlFor="official-until">{t('registry.until')}</label>
          <DateField id="official-until" time value={until} onChange={setUntil} />
        </p>
      </div>
      <p className="quiet">{t('registry.until.hint')}</p>
    </Dialog>
  )
}
