/** Somebody without a log-in has lost the code: it fits what they gave, or nothing is told. */
import { useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { newCode, type CodeWay } from '@/api/complaints'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { LineField } from './fields'
import { SaidCode } from './SaidCode'

const WAYS: readonly CodeWay[] = ['said', 'email', 'sms', 'letter']

export function LostCode({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const [reference, setReference] = useState('')
  const [given, setGiven] = useState('')
  const [way, setWay] = useState<CodeWay>('said')
  const [to, setTo] = useState('')
  const make = useMutation({
    mutationFn: () => newCode(reference.trim(), { given: given.trim(), way, to: to.trim() }),
  })
  const ready = reference.trim() !== '' && given.trim() !== '' && (way !== 'letter' || to.trim())
  return (
    <Modal
      open
      width={560}
      title={t('complaint.code.again')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById('code-reference')?.focus()}
    >
      {make.data ? (
        make.data.code ? (
          <SaidCode code={make.data.code} />
        ) : (
          <p role="status">{t('complaint.code.sent')}</p>
        )
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (ready && !make.isPending) make.mutate()
          }}
        >
          <Failure error={make.error} missing={t('complaint.code.none')} />
          <p className="quiet">{t('complaint.code.again.hint')}</p>
          <LineField
            id="code-reference"
            label={t('complaint.code.reference')}
            most={40}
            value={reference}
            onChange={setReference}
          />
          <LineField
            id="code-given"
            label={t('complaint.code.given')}
            most={120}
            value={given}
            onChange={setGiven}
          />
          <p className="field">
            <label htmlFor="code-way">{t('complaint.code.way')}</label>
            <select
              id="code-way"
              value={way}
              onChange={(event) => setWay(event.target.value as CodeWay)}
            >
              {WAYS.map((one) => (
                <option key={one} value={one}>
                  {t(`complaint.code.way.${one}`)}
                </option>
              ))}
            </select>
          </p>
          {way === 'letter' && (
            <LineField
              id="code-to"
              label={t('complaint.code.to')}
              most={200}
              value={to}
              onChange={setTo}
            />
          )}
          <Button type="primary" htmlType="submit" loading={make.isPending} disabled={!ready}>
            {t('complaint.code.make')}
          </Button>
        </form>
      )}
    </Modal>
  )
}
