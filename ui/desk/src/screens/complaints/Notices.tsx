/** What the complainant was told, and what proves it: without proof it does not count. */
import { useState } from 'react'
import { Button } from 'antd'
import type { Whole } from '@/api/complaints'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import type { PartProps } from './part'
import { Checks, LineField, Pick, TextField, useTyped } from './fields'
import { aboutOf, aboutsIn, fatesOf, LEAST_TOLD, sends, type About } from './moves'
import { StepForm, useOn, useOnPart } from './step'

type Notice = Whole['notices'][number]

export function Notices({ one, words, handles }: PartProps) {
  const { t } = useTexts()
  const fates = fatesOf(one.steps)
  const going = one.notices.filter((each) => each.proven_at !== null || !fates.has(each.id))
  const owed =
    (one.row.state === 'decided' && !going.some(isAnswerOnItsWay(one.row.round))) ||
    (one.row.state === 'refused' && !going.some((each) => each.about === 'refusal'))
  const [open, setOpen] = useState(owed)
  const me = useMe()
  const untold = one.extensions.filter((each) => each.approved_at && !each.told_at)
  const mine = one.row.handler === me.number || one.row.state === 'received'
  const tells = handles && mine && aboutsIn(one.row.state, one.row.round, untold.length).length > 0
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
            <Shown
              notice={notice}
              fate={fates.get(notice.id)}
              proofs={words.notice_proofs}
              handles={handles}
            />
          </li>
        ))}
      </ul>
      {open && tells && (
        <Tell key={one.row.state} one={one} words={words} onDone={() => setOpen(false)} />
      )}
    </Panel>
  )
}

function isAnswerOnItsWay(round: number) {
  const about = round > 1 ? 'reexamination' : 'answer'
  return (one: Notice) => one.about === about && one.carried_by !== null
}

interface ShownProps {
  notice: Notice
  /** What became of it where it did not arrive. */
  fate: string | undefined
  proofs: Record<string, string>
  handles: boolean
}

function Shown({ notice, fate, proofs, handles }: ShownProps) {
  const { t, word, language } = useTexts()
  const [open, setOpen] = useState(false)
  const [proof, setProof] = useState('')
  const kind = proofs[notice.channel] ?? ''
  const prove = useOnPart('complaint-notices', notice.id, 'prove', {
    kind,
    proof,
    told_at: new Date(serverNow()).toISOString(),
  })
  const standing = () => {
    if (notice.proven_at !== null)
      return t('complaint.proven', {
        proof: notice.proof ?? '',
        time: moment(notice.proven_at, language),
      })
    if (fate !== undefined)
      return t('complaint.untold', { fate: word('complaint.fate', fate, fate) })
    return t(notice.carried_by ? 'complaint.carried' : 'complaint.unproven')
  }
  return (
    <>
      <div className="row">
        <strong>{word('complaint.notice', notice.about)}</strong>
        <span>{word('complaint.channel', notice.channel)}</span>
        <span className="quiet grow">{moment(notice.at, language)}</span>
        <span className={notice.proven_at ? 'good' : 'warn'}>{standing()}</span>
        {handles && !notice.proven_at && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.proof.add')}
          </Button>
        )}
      </div>
      {notice.text && (
        <p className="text quiet">{word('complaint.notice.said', notice.text, notice.text)}</p>
      )}
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

interface TellProps extends Omit<PartProps, 'handles'> {
  onDone: () => void
}

function Tell({ one, words, onDone }: TellProps) {
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
  const alone = sends(channel, about) && !proof.trim()
  // Letter and e-mail say by themselves what the handler's words do not: nothing is ticked for them.
  const asks = answers && channel !== '' && !alone
  const missing = asks ? words.contents.filter((each) => !contents.includes(each.code)) : []
  const tell = useOn(
    row.id,
    'notices',
    {
      about,
      channel,
      text,
      contents: asks ? contents : [],
      ...(about === 'extension' && open[0] ? { extension: open[0].id } : {}),
      ...(proof.trim()
        ? {
            proof_kind: kind,
            proof: proof.trim(),
            told_at: new Date(serverNow()).toISOString(),
          }
        : {}),
    },
    () => {
      setText('')
      onDone()
    },
  )
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
      ready={Boolean(channel && text.trim().length >= LEAST_TOLD && missing.length === 0)}
    >
      <div className="two">
        <Pick
          id="tell-about"
          label={t('complaint.tell.about')}
          words={named(aboutsIn(row.state, row.round, open.length), 'complaint.notice')}
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
      {text.trim() !== '' && text.trim().length < LEAST_TOLD && (
        <p role="status" className="warn">
          {t('complaint.tell.short', { least: LEAST_TOLD })}
        </p>
      )}
      {answers && alone && <p className="quiet">{t('complaint.tell.whole')}</p>}
      {asks && (
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
          <p className="quiet">
            {t(sends(channel, about) ? 'complaint.proof.sent' : 'complaint.proof.later')}
          </p>
        </>
      )}
    </StepForm>
  )
}
