/** Time that stands still, and longer times: with grounds, approval and notice. */
import { useState } from 'react'
import { Button } from 'antd'
import type { Whole } from '@/api/complaints'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import type { PartProps } from './part'
import { Pick, TextField, useTyped } from './fields'
import { LEAST_WHY } from './moves'
import { StepForm, Told, useOn } from './step'

export function Timing({ one, words, handles }: PartProps) {
  const { t } = useTexts()
  const works = handles && one.row.state === 'accepted'
  const anything = one.pauses.length + one.extensions.length > 0
  const [open, setOpen] = useState<'pause' | 'extend' | null>(null)
  if (!works && !anything) return null
  const form = { id: one.row.id, words, onDone: () => setOpen(null) }
  return (
    <Panel title={t('complaint.time')}>
      <ul className="list">
        {one.pauses.map((pause) => (
          <li key={`${pause.ground}${pause.since}`}>
            <Pause id={one.row.id} pause={pause} words={words} works={works} />
          </li>
        ))}
        {one.extensions.map((extension) => (
          <li key={extension.id}>
            <Extension id={one.row.id} extension={extension} words={words} works={works} />
          </li>
        ))}
      </ul>
      {works && (
        <>
          <p className="row">
            {(['pause', 'extend'] as const).map((what) => (
              <Button
                key={what}
                size="small"
                aria-expanded={open === what}
                onClick={() => setOpen(open === what ? null : what)}
              >
                {t(`complaint.${what}`)}
              </Button>
            ))}
          </p>
          {open === 'pause' && <NewPause {...form} />}
          {open === 'extend' && <Extend {...form} />}
        </>
      )}
    </Panel>
  )
}

type Words = PartProps['words']

interface PauseProps {
  id: string
  pause: Whole['pauses'][number]
  words: Words
  works: boolean
}

function Pause({ id, pause, words, works }: PauseProps) {
  const { t, language } = useTexts()
  const resume = useOn(id, 'resume', { ground: pause.ground })
  const ground = words.pauses.find((one) => one.code === pause.ground)
  return (
    <>
      <Told step={resume} />
      <div className="row">
        <span className={pause.until ? 'quiet grow' : 'warn grow'}>
          {t(pause.until ? 'complaint.paused.over' : 'complaint.paused', {
            since: moment(pause.since, language),
            until: pause.until ? moment(pause.until, language) : '',
            ground: ground ? inLanguage(ground, language) : pause.ground,
          })}
        </span>
        {works && pause.until === null && (
          <Button size="small" loading={resume.isPending} onClick={() => resume.mutate()}>
            {t('complaint.resume')}
          </Button>
        )}
      </div>
      <div className="quiet text">{pause.why}</div>
    </>
  )
}

interface ExtensionProps {
  id: string
  extension: Whole['extensions'][number]
  words: Words
  works: boolean
}

function Extension({ id, extension, words, works }: ExtensionProps) {
  const { t, language } = useTexts()
  const me = useMe()
  const grade = words.grades.find((one) => one.code === extension.grade)
  const ground = grade?.grounds.find((one) => one.code === extension.ground)
  const settle = `extensions/${extension.id}/settle`
  const [refusing, setRefusing] = useState(false)
  const approve = useOn(id, settle, { approve: true })
  const waits = extension.approved_at === null && extension.turned_down_at === null
  return (
    <>
      <Told step={approve} />
      <div>
        {t('complaint.extend.asked', {
          who: extension.asked_by,
          grade: grade ? inLanguage(grade, language) : extension.grade,
          ground: ground ? inLanguage(ground, language) : extension.ground,
        })}
      </div>
      <div className="quiet text">{extension.why}</div>
      <p className="row">
        <strong className={waits ? 'warn' : ''}>
          {waits && t('complaint.extend.waits')}
          {extension.turned_down_at && t('complaint.extend.down')}
          {extension.approved_at &&
            t('complaint.extend.approved', {
              told: t(extension.told_at ? 'complaint.extend.told' : 'complaint.extend.untold'),
            })}
        </strong>
        {works && waits && extension.asked_by !== me.number && (
          <>
            <Button
              size="small"
              type="primary"
              loading={approve.isPending}
              onClick={() => approve.mutate()}
            >
              {t('complaint.approve')}
            </Button>
            <Button size="small" aria-expanded={refusing} onClick={() => setRefusing(!refusing)}>
              {t('complaint.turndown')}
            </Button>
          </>
        )}
      </p>
      {refusing && waits && <TurnDown id={id} extension={extension.id} />}
    </>
  )
}

function TurnDown({ id, extension }: { id: string; extension: string }) {
  const { t } = useTexts()
  const [why, setWhy] = useTyped(id, `turn down ${extension}`)
  const settle = `extensions/${extension}/settle`
  const send = useOn(id, settle, { approve: false, why }, () => setWhy(''))
  return (
    <StepForm step={send} submit={t('complaint.turndown')} ready={why.trim().length >= LEAST_WHY}>
      <TextField id="turn-down-why" label={t('complaint.why')} value={why} onChange={setWhy} />
    </StepForm>
  )
}

interface FormProps {
  id: string
  words: Words
  onDone: () => void
}

function NewPause({ id, words, onDone }: FormProps) {
  const { t } = useTexts()
  const [ground, setGround] = useState('')
  const [why, setWhy] = useTyped(id, 'pause')
  const pause = useOn(id, 'pause', { ground, why }, () => {
    setWhy('')
    onDone()
  })
  return (
    <StepForm step={pause} submit={t('complaint.pause')} ready={Boolean(ground && why.trim())}>
      <Pick
        id="pause-ground"
        label={t('complaint.pause.ground')}
        words={words.pauses}
        value={ground}
        onChange={setGround}
      />
      <TextField id="pause-why" label={t('complaint.why')} value={why} onChange={setWhy} />
    </StepForm>
  )
}

function Extend({ id, words, onDone }: FormProps) {
  const { t, word } = useTexts()
  const [code, setCode] = useState('')
  const [ground, setGround] = useState('')
  const [why, setWhy] = useTyped(id, 'extend')
  const extend = useOn(id, 'extensions', { grade: code, ground, why }, () => {
    setWhy('')
    onDone()
  })
  const grades = words.grades.filter((one) => one.grounds.length > 0)
  const grade = grades.find((one) => one.code === code)
  return (
    <StepForm
      step={extend}
      submit={t('complaint.extend')}
      ready={Boolean(grade && ground && why.trim())}
    >
      <div className="two">
        <Pick
          id="extend-grade"
          label={t('complaint.extend.grade')}
          words={grades}
          value={code}
          onChange={(chosen) => {
            setCode(chosen)
            setGround('')
          }}
        />
        <Pick
          id="extend-ground"
          label={t('complaint.extend.ground')}
          words={grade?.grounds ?? []}
          value={ground}
          onChange={setGround}
        />
      </div>
      {grade && (
        <p className="quiet">
          {t('complaint.extend.needs', {
            roles: grade.approvers.map((one) => word('role', one)).join(t('app.and')),
          })}
        </p>
      )}
      <TextField id="extend-why" label={t('complaint.why')} value={why} onChange={setWhy} />
    </StepForm>
  )
}
