/** Take a complaint down: one key, the words, Ctrl + Enter; then what the caller is told. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { complaintWordsQuery, takeComplaint, type Taken } from '@/api/complaints'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { day } from '@/format/format'
import { composes } from '@/keys/map'
import { useKeys } from '@/keys/useKeys'
import { Checks, LineField, TextField } from '@/screens/complaints/fields'
import { numbersIn } from '@/screens/complaints/moves'
import { SaidCode } from '@/screens/complaints/SaidCode'
import { useTexts } from '@/texts'
import { Failure } from './acts/Outcome'
import { Said } from './acts/Said'
import { Speaking } from './Speaking'
import { bodyOf, faultsOf, NOBODY } from './speaking'

interface Props {
  interaction: string
  language: 'zh' | 'en'
  /** A holder of ours is served: of anybody else a name and a way are asked for. */
  known: boolean
}

export function TakeComplaint({ interaction, language, known }: Props) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  const [taken, setTaken] = useState<Taken | null>(null)
  useKeys([{ keys: 'c', text: 'complaint.call', group: 'call.group', run: () => setOpen(true) }])
  const close = () => {
    setOpen(false)
    setTaken(null)
  }
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('complaint.call')} <kbd>{'C'}</kbd>
      </Button>
      {open && (
        <Dialog
          open
          width={640}
          title={t('complaint.call.title')}
          footer={null}
          onCancel={close}
          afterOpenChange={(up) =>
            up && !taken && document.getElementById('take-statement')?.focus()
          }
        >
          {taken ? (
            <Done taken={taken} />
          ) : (
            <Form interaction={interaction} language={language} known={known} onTaken={setTaken} />
          )}
        </Dialog>
      )}
    </>
  )
}

function Form({
  interaction,
  language,
  known,
  onTaken,
}: Props & { onTaken: (taken: Taken) => void }) {
  const { t } = useTexts()
  const [key] = useState(() => crypto.randomUUID())
  const [statement, setStatement] = useDraft(interaction, 'complaint', '')
  const [demand, setDemand] = useDraft(interaction, 'complaint-demand', '')
  const [subjects, setSubjects] = useState<string[]>([])
  const [persons, setPersons] = useState('')
  const [who, setWho] = useState(NOBODY)
  const [tried, setTried] = useState(false)
  const faults = faultsOf(who, known)
  const { data: words } = useQuery(complaintWordsQuery)
  const take = useMutation({
    mutationFn: () =>
      takeComplaint(interaction, {
        key,
        statement,
        demand,
        subjects,
        persons: numbersIn(persons),
        language,
        ...bodyOf(who, known),
      }),
    onSuccess: async (told) => {
      discard(interaction, 'complaint')
      discard(interaction, 'complaint-demand')
      onTaken(told)
      await queries.invalidateQueries({ queryKey: ['complaints'] })
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
    },
  })
  const send = () => {
    if (!statement.trim() || take.isPending) return
    setTried(true)
    if (faults.length === 0) take.mutate()
    else document.getElementById(`take-${faults[0]}`)?.focus()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.ctrlKey && !composes(event.nativeEvent)) send()
      }}
    >
      <Failure error={take.error} />
      <p className="quiet">{t('complaint.call.hint')}</p>
      <TextField
        id="take-statement"
        label={t('complaint.call.statement')}
        rows={5}
        most={20_000}
        value={statement}
        onChange={setStatement}
      />
      <TextField
        id="take-demand"
        label={t('complaint.call.demand')}
        most={4000}
        value={demand}
        onChange={setDemand}
      />
      <Checks
        legend={t('complaint.call.subjects')}
        words={words?.subjects ?? []}
        value={subjects}
        onChange={setSubjects}
      />
      <LineField
        id="take-persons"
        label={t('complaint.call.persons')}
        most={100}
        value={persons}
        onChange={setPersons}
      />
      <Speaking who={who} known={known} faults={tried ? faults : []} onChange={setWho} />
      <Button
        type="primary"
        htmlType="submit"
        loading={take.isPending}
        disabled={!statement.trim()}
      >
        {t('complaint.call.take')} <kbd>{'Ctrl + Enter'}</kbd>
      </Button>
    </form>
  )
}

function Done({ taken }: { taken: Taken }) {
  const { t, word, language } = useTexts()
  const id = taken.joined_to ?? taken.complaint
  const next =
    taken.next_by && taken.next_task
      ? t('complaint.call.next', {
          day: day(taken.next_by, language),
          task: word('complaint.task', taken.next_task),
        })
      : ''
  const asks = taken.still_needed
  return (
    <>
      <Said>
        {t(taken.joined_to ? 'complaint.call.joined' : 'complaint.call.said', { id, next })}
      </Said>
      {taken.code && <SaidCode code={taken.code} />}
      {asks.length > 0 && (
        <>
          <p>{t('complaint.call.asks')}</p>
          <ul className="why">
            {asks.map((one) => (
              <li key={one}>{word('complaint.call.ask', one, one)}</li>
            ))}
          </ul>
        </>
      )}
      <details>
        <summary>{t('complaint.call.explained')}</summary>
        <ol className="list numbered">
          {taken.explained.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </details>
      <p>
        <Anchor href={`/complaints/${id}`}>{t('complaint.one', { id })}</Anchor>
      </p>
    </>
  )
}
