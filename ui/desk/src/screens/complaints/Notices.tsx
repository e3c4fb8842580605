/** What the complainant was told, and what proves it: without proof it does not count. */
import { useState } from 'react'
import { Button } from 'antd'
import type { NoticeBody, Whole } from '@/api/complaints'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import type { PartProps } from './Complaint'
import { Checks, LineField, Pick, TextField, useTyped } from './fields'
import { StepForm, useOn, useOnPart } from './step'

type About = NoticeBody['about']
type Notice = Whole['notices'][number]

/** What is told first in a state. Pure. */
export function aboutOf(state: string, round: number, extensions: number): About {
  if (state === 'received') return 'acknowledgement'
  if (state === 'refused') return 'refusal'
  if (state === 'decided') return round > 1 ? 'reexamination' : 'answer'
  return state === 'accepted' && extensions > 0 ? 'extension' : 'acceptance'
}

export function Notices({ one, words, handles }: PartProps) {
  const { t } = useTexts()
  const [open, setOpen] = useState(one.row.state === 'decided')
  const tells = handles && !['closed', 'withdrawn', 'joined'].includes(one.row.state)
  return (
    <Panel
      title={t('complaint.notices')}
      extra={
        tells && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.tell')}
          </Button>
        )
      }
    >
      {one.notices.length === 0 && <p className="quiet">{t('complaint.notices.none')}</p>}
      <ul className="list">
        {one.notices.map((notice) => (
          <li key={notice.id}>
            <Shown notice={notice} proofs={words.notice_proofs} handles={handles} />
          </li>
        ))}
      </ul>
      {open && tells && <Tell key={one.row.state} one={one} words={words} />}
    </Panel>
  )
}

interface ShownProps {
  notice: Notice
  proofs: Record<string, string>
  handles: boolean
}

function Shown({ notice, proofs, handles }: ShownProps) {
  const { t, word, language } = useTexts()
  const [open, setOpen] = useState(false)
  const [proof, setProof] = useState('')
  const kind = proofs[notice.channel] ?? ''
  const prove = useOnPart('complaint-notices', notice.id, 'prove', {
    kind,
    proof,
    told_at: new Date(serverNow()).toISOString(),
  })
  return (
    <>
      <div className="row">
        <strong>{word('complaint.notice', notice.about)}</strong>
        <span>{word('complaint.channel', notice.channel)}</span>
        <span className="quiet grow">{moment(notice.at, language)}</span>
        <span className={notice.proven_at ? 'good' : 'warn'}>
          {notice.proven_at
            ? t('complaint.proven', {
                proof: notice.proof ?? '',
                time: moment(notice.proven_at, language),
              })
            : t('complaint.unproven')}
        </span>
        {handles && !notice.proven_at && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.proof.add')}
          </Button>
        )}
      </div>
      {notice.text && <p className="text quiet">{notice.text}</p>}
      {open && !notice.proven_at && (
        <StepForm step={prove} submit={t('complaint.proof.add')} ready={proof.trim() !== ''}>
          <LineField
            id={`prove-${notice.id}`}
            label={word('complaint.proof', kind, t('complaint.proof'))}
            value={proof}
            onChange={setProof}
          />
        </StepForm>
      )}
    </>
  )
}

function Tell({ one, words }: Omit<PartProps, 'handles'>) {
  const { t, word, language } = useTexts()
  const { row } = one
  const open = one.extensions.filter((each) => each.approved_at && !each.told_at)
  const [about, setAbout] = useState<About>(aboutOf(row.state, row.round, open.length))
  const [channel, setChannel] = useState('')
  const [text, setText] = useTyped(row.id, `tell-${about}`)
  const [contents, setContents] = useState<string[]>([])
  const [proof, setProof] = useState('')
  const answers = about === 'answer' || about === 'reexamination'
  const kind = words.notice_proofs[channel] ?? ''
  const missing = answers ? words.contents.filter((each) => !contents.includes(each.code)) : []
  const tell = useOn(row.id, 'notices', {
    about,
    channel,
    text,
    contents: answers ? contents : [],
    ...(about === 'extension' && open[0] ? { extension: open[0].id } : {}),
    ...(proof.trim()
      ? {
          proof_kind: kind,
          proof: proof.trim(),
          told_at: new Date(serverNow()).toISOString(),
        }
      : {}),
  })
  const named = (codes: readonly string[], prefix: string) =>
    codes.map((code) => {
      const name = word(prefix, code)
      return { code, zh: name, en: name }
    })
  return (
    <StepForm
      step={tell}
      submit={t('complaint.tell')}
      primary
      ready={Boolean(channel && text.trim() && missing.length === 0)}
    >
      <div className="two">
        <Pick
          id="tell-about"
          label={t('complaint.tell.about')}
          words={named(
            ['acknowledgement', 'acceptance', 'refusal', 'extension', 'answer', 'reexamination'],
            'complaint.notice',
          )}
          value={about}
          onChange={(code) => setAbout(code as About)}
        />
        <Pick
          id="tell-channel"
          label={t('complaint.tell.channel')}
          words={named(Object.keys(words.notice_proofs), 'complaint.channel')}
          value={channel}
          onChange={setChannel}
        />
      </div>
      <TextField
        id="tell-text"
        label={t('complaint.tell.text')}
        rows={4}
        value={text}
        onChange={setText}
      />
      {answers && (
        <>
          <Checks
            legend={t('complaint.tell.contents')}
            words={words.contents}
            value={contents}
            onChange={setContents}
          />
          {missing.length > 0 && (
            <p role="status" className="warn">
              {t('complaint.tell.missing', {
                what: missing.map((each) => inLanguage(each, language)).join(t('app.and')),
              })}
            </p>
          )}
        </>
      )}
      {channel && (
        <>
          <LineField
            id="tell-proof"
            label={word('complaint.proof', kind, t('complaint.proof'))}
            value={proof}
            onChange={setProof}
          />
          <p className="quiet">{t('complaint.proof.later')}</p>
        </>
      )}
    </StepForm>
  )
}
