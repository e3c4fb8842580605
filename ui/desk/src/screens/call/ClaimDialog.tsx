/** Say whom the conversation is about: found by the registered number, or by both tails. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { sentence } from '@/api/sentences'
import { claim, findHolders } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'

interface Props {
  open: boolean
  interaction: string
  onClose: () => void
}

export function ClaimDialog({ open, interaction, onClose }: Props) {
  const { t } = useTexts()
  return (
    <Dialog open={open} title={t('call.claim')} footer={null} onCancel={onClose} destroyOnHidden>
      <Search interaction={interaction} onClose={onClose} />
    </Dialog>
  )
}

function Search({ interaction, onClose }: Omit<Props, 'open'>) {
  const spoken = useTexts()
  const { t } = spoken
  const [phone, setPhone] = useState('')
  const [card, setCard] = useState('')
  const [id, setId] = useState('')
  const search = useMutation({
    mutationFn: () =>
      findHolders(phone ? { phone: phone.trim() } : { card_tail: card, id_tail: id }),
  })
  const choose = useMutation({
    mutationFn: (holder: string) => claim(interaction, holder),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      onClose()
    },
  })
  const failed = search.error ?? choose.error
  const field = (key: string, value: string, set: (value: string) => void, most: number) => (
    <p className="field">
      <label htmlFor={`claim-${key}`}>{t(`call.claim.${key}` as 'call.claim.phone')}</label>
      <Input
        id={`claim-${key}`}
        autoFocus={key === 'phone'}
        autoComplete="off"
        maxLength={most}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </p>
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        search.mutate()
      }}
    >
      {failed && <Alert type="error" role="alert" title={sentence(failed, spoken)} />}
      {field('phone', phone, setPhone, 20)}
      {field('card', card, setCard, 4)}
      {field('id', id, setId, 4)}
      <Button
        type="primary"
        htmlType="submit"
        loading={search.isPending}
        disabled={!phone && !(card.length === 4 && id.length === 4)}
      >
        {t('call.claim.find')}
      </Button>
      {search.data && (
        <ul className="list" aria-live="polite">
          {search.data.holders.length === 0 && <li>{t('call.claim.nobody')}</li>}
          {search.data.holders.map((one) => (
            <li key={one.id} className="row">
              <strong>{one.name ?? '＊＊'}</strong>
              <span className="figures">{one.phone}</span>
              <span className="figures">{one.id_tail}</span>
              <span className="grow" />
              <Button size="small" loading={choose.isPending} onClick={() => choose.mutate(one.id)}>
                {t('call.claim.pick')}
              </Button>
            </li>
          ))}
          {search.data.more && <li className="quiet">{t('call.claim.more')}</li>}
        </ul>
      )}
    </form>
  )
}
