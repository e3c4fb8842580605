/** What a regulator, the central bank or an association handed on: its clock runs from its arrival. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { recordTransfer, type NewTransfer } from '@/api/complaintReports'
import { complaintWordsQuery, type Taken } from '@/api/complaints'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { DateField } from '@/format/DateField'
import { day } from '@/format/format'
import { fromLocalInput, toLocalInput } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { Checks, LineField, Pick, TextField } from './fields'
import { numbersIn } from './moves'

const OUTSIDE = ['regulator', 'pbc', 'association']
const ABOUT = 'complaint transfer'

export function Transfer({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const [taken, setTaken] = useState<Taken | null>(null)
  return (
    <Dialog
      open
      width={680}
      title={t('transfer.title')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={(up) => up && document.getElementById('transfer-door')?.focus()}
    >
      {taken ? <Done taken={taken} /> : <Form onTaken={setTaken} />}
    </Dialog>
  )
}

function Form({ onTaken }: { onTaken: (taken: Taken) => void }) {
  const { t } = useTexts()
  const { data: words } = useQuery(complaintWordsQuery)
  const [door, setDoor] = useState('')
  const [number, setNumber] = useDraft(ABOUT, 'number', '')
  const [when, setWhen] = useState(() => toLocalInput(new Date(serverNow()).toISOString()))
  const [holder, setHolder] = useDraft(ABOUT, 'holder', '')
  const [name, setName] = useDraft(ABOUT, 'name', '')
  const [phone, setPhone] = useDraft(ABOUT, 'phone', '')
  const [address, setAddress] = useDraft(ABOUT, 'address', '')
  const [statement, setStatement] = useDraft(ABOUT, 'statement', '')
  const [demand, setDemand] = useDraft(ABOUT, 'demand', '')
  const [subjects, setSubjects] = useState<string[]>([])
  const [persons, setPersons] = useState('')
  const [english, setEnglish] = useState(false)
  const at = fromLocalInput(when)
  const record = useMutation({
    mutationFn: () =>
      recordTransfer({
        key: '',
        door: door as NewTransfer['door'],
        number: number.trim(),
        received_at: at ?? '',
        holder: holder.trim() || null,
        name,
        identity_tail: '',
        reach: { phone, email: '', address },
        statement,
        demand,
        subjects,
        persons: numbersIn(persons),
        language: english ? 'en' : 'zh',
      }),
    onSuccess: async (told) => {
      discard(ABOUT)
      onTaken(told)
      await queries.invalidateQueries({ queryKey: ['complaints'] })
    },
  })
  const ready = Boolean(door && number.trim() && at && statement.trim())
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !record.isPending) record.mutate()
      }}
    >
      <Failure error={record.error} missing={t('post.holder.none')} />
      <p className="quiet">{t('transfer.hint')}</p>
      <div className="two">
        <Pick
          id="transfer-door"
          label={t('transfer.door')}
          words={(words?.doors ?? []).filter((one) => OUTSIDE.includes(one.code))}
          value={door}
          onChange={setDoor}
        />
        <LineField
          id="transfer-number"
          label={t('transfer.number')}
          most={80}
          value={number}
          onChange={setNumber}
        />
        <p className="field">
          <label htmlFor="transfer-when">{t('transfer.received')}</label>
          <DateField id="transfer-when" time value={when} onChange={setWhen} />
        </p>
        <LineField
          id="transfer-holder"
          label={t('transfer.holder')}
          most={64}
          value={holder}
          onChange={setHolder}
        />
      </div>
      {!holder.trim() && (
        <div className="two">
          <LineField
            id="transfer-name"
            label={t('transfer.name')}
            most={60}
            value={name}
            onChange={setName}
          />
          <LineField
            id="transfer-phone"
            label={t('complaint.phone')}
            most={40}
            value={phone}
            onChange={setPhone}
          />
          <LineField
            id="transfer-address"
            label={t('complaint.address')}
            most={200}
            value={address}
            onChange={setAddress}
          />
        </div>
      )}
      <TextField
        id="transfer-statement"
        label={t('complaint.statement')}
        rows={5}
        most={20_000}
        value={statement}
        onChange={setStatement}
      />
      <TextField
        id="transfer-demand"
        label={t('transfer.demand')}
        most={4000}
        value={demand}
        onChange={setDemand}
      />
      <Checks
        legend={t('complaint.subjects')}
        words={words?.subjects ?? []}
        value={subjects}
        onChange={setSubjects}
      />
      <LineField
        id="transfer-persons"
        label={t('complaint.call.persons')}
        most={100}
        value={persons}
        onChange={setPersons}
      />
      <p>
        <label>
          <input
            type="checkbox"
            checked={english}
            onChange={(event) => setEnglish(event.target.checked)}
          />{' '}
          {t('transfer.english')}
        </label>
      </p>
      <Button type="primary" htmlType="submit" loading={record.isPending} disabled={!ready}>
        {t('transfer.record')}
      </Button>
    </form>
  )
}

function Done({ taken }: { taken: Taken }) {
  const { t, language } = useTexts()
  const id = taken.joined_to ?? taken.complaint
  return (
    <>
      <Alert
        type="success"
        role="status"
        title={t(taken.joined_to ? 'transfer.joined' : 'transfer.done', { id })}
      />
      {taken.next_by && <p>{t('transfer.next', { day: day(taken.next_by, language) })}</p>}
      <p>
        <Anchor href={`/complaints/${id}`}>{t('complaint.one', { id })}</Anchor>
      </p>
    </>
  )
}
