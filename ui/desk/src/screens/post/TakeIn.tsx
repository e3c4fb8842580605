/** A letter that came: its scans, the day on which it reached the bank, and whose it is. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { takeLetterIn, type LetterIn } from '@/api/post'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { DateField } from '@/format/DateField'
import { toLocalInput } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { Failure } from '@/screens/call/acts/Outcome'
import { LineField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { MOST_SCANS, SCANS } from './states'

const today = () => toLocalInput(new Date(serverNow()).toISOString()).slice(0, 10)

export function TakeIn() {
  const { t } = useTexts()
  const [taken, setTaken] = useState<LetterIn | null>(null)
  const [round, setRound] = useState(0)
  return (
    <Panel title={t('post.in.title')}>
      {taken && (
        <Alert
          type="success"
          role="status"
          title={t(taken.taken ? 'post.in.handed' : 'post.in.done')}
          description={<Anchor href={`/letters/in/${taken.id}`}>{taken.subject}</Anchor>}
        />
      )}
      <Form
        key={round}
        onTaken={(letter) => {
          setTaken(letter)
          setRound(round + 1)
        }}
      />
    </Panel>
  )
}

function Form({ onTaken }: { onTaken: (letter: LetterIn) => void }) {
  const { t } = useTexts()
  const [files, setFiles] = useState<readonly File[]>([])
  const [subject, setSubject] = useState('')
  const [received, setReceived] = useState(today)
  const [complaint, setComplaint] = useState(false)
  const [english, setEnglish] = useState(false)
  const [holder, setHolder] = useState('')
  const [sender, setSender] = useState('')
  const [posting, setPosting] = useState('')
  const take = useMutation({
    mutationFn: () =>
      takeLetterIn({
        files,
        subject,
        received_on: received,
        box: complaint ? 'complaints' : 'general',
        language: english ? 'en' : 'zh',
        holder: holder.trim(),
        sender,
        posting: posting.trim(),
      }),
    onSuccess: async (letter) => {
      onTaken(letter)
      await queries.invalidateQueries({ queryKey: [complaint ? 'complaints' : 'tasks'] })
    },
  })
  const many = files.length > MOST_SCANS
  const ready = files.length > 0 && !many && Boolean(subject.trim() && received)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !take.isPending) take.mutate()
      }}
    >
      <Failure error={take.error} missing={t('post.holder.none')} />
      <p className="quiet">{t('post.in.hint')}</p>
      <p className="field">
        <label htmlFor="in-files">{t('post.in.files')}</label>
        <input
          id="in-files"
          className="unseen"
          type="file"
          multiple
          accept={SCANS}
          onChange={(event) => setFiles([...(event.target.files ?? [])])}
        />
        <span className="row">
          <Button onClick={() => document.getElementById('in-files')?.click()}>
            {t('post.in.choose')}
          </Button>
          <span role="status" className={files.length > 0 ? '' : 'quiet'}>
            {files.map((file) => file.name).join(t('app.and')) || t('post.in.kinds')}
          </span>
        </span>
        {many && <span className="bad">{t('post.in.many', { most: MOST_SCANS })}</span>}
      </p>
      <LineField
        id="in-subject"
        label={t('post.in.subject')}
        most={120}
        value={subject}
        onChange={setSubject}
      />
      <div className="two">
        <p className="field">
          <label htmlFor="in-received">{t('post.in.received')}</label>
          <DateField id="in-received" value={received} onChange={setReceived} />
        </p>
        <LineField
          id="in-posting"
          label={t('post.in.posting')}
          most={40}
          value={posting}
          onChange={setPosting}
        />
        <LineField
          id="in-sender"
          label={t('post.in.sender')}
          most={120}
          value={sender}
          onChange={setSender}
        />
        <LineField
          id="in-holder"
          label={t('post.in.holder')}
          most={40}
          value={holder}
          onChange={setHolder}
        />
      </div>
      <p className="row">
        <label>
          <input
            type="checkbox"
            checked={complaint}
            onChange={(event) => setComplaint(event.target.checked)}
          />{' '}
          {t('post.in.complaint')}
        </label>
        <label>
          <input
            type="checkbox"
            checked={english}
            onChange={(event) => setEnglish(event.target.checked)}
          />{' '}
          {t('post.in.english')}
        </label>
      </p>
      <Button type="primary" htmlType="submit" loading={take.isPending} disabled={!ready}>
        {t('post.in.take')}
      </Button>
    </form>
  )
}
