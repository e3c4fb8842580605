/** Preview: see who is next, whether one may, and what to say; then dial, or pass on. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Input } from 'antd'
import { useEffect, useState } from 'react'
import { Link as Anchor, useLocation, useParams } from 'wouter'
import {
  campaignCallQuery,
  campaignsQuery,
  dialPreview,
  passOn,
  takePreview,
  type PreviewView,
} from '@/api/campaigns'
import { myStateQuery } from '@/api/routing'
import { Dialog } from '@/app/Dialog'
import { Panel } from '@/app/Panel'
import { phone } from '@/app/parts'
import { moment } from '@/format/format'
import { Until } from '@/format/Since'
import { composes } from '@/keys/map'
import { useKeys } from '@/keys/useKeys'
import { Failure } from '@/screens/call/acts/Outcome'
import { MayReasons, MayWords } from '@/screens/call/May'
import { usePhone } from '@/softphone/usePhone'
import { useTexts } from '@/texts'
import { Opening } from './Opening'

export default function Preview() {
  const { t } = useTexts()
  const { id } = useParams<{ id: string }>()
  const { data: all } = useQuery(campaignsQuery)
  const campaign = all?.find((one) => one.id === id)
  const [called, setCalled] = useState<string | null>(null)
  const take = useMutation({ mutationFn: () => takePreview(id) })
  const next = () => {
    setCalled(null)
    take.mutate()
  }
  const person = take.data ?? null
  const idle = !take.isPending && (person === null || called !== null)
  useKeys([{ keys: 'n', text: 'preview.next', group: 'preview.group', run: next }], {
    active: idle && called === null,
  })
  return (
    <>
      <p>
        <Anchor href="/campaigns">{t('campaign.title')}</Anchor>
      </p>
      <div className="row headed">
        <h1 className="grow">
          {t('campaign.preview')} {campaign && `· ${campaign.name}`}
        </h1>
        <Button type="primary" loading={take.isPending} disabled={!idle} onClick={next}>
          {t('preview.next')} <kbd>{'N'}</kbd>
        </Button>
      </div>
      {campaign && campaign.state !== 'running' && (
        <Alert type="warning" role="status" title={t('preview.notrunning')} />
      )}
      <Failure error={take.error} />
      {take.isSuccess && person === null && <p className="quiet">{t('preview.nobody')}</p>}
      {!person && !take.isSuccess && <p className="quiet">{t('preview.hint')}</p>}
      {called && <Called interaction={called} />}
      {person && !called && (
        <Person
          key={person.entry}
          person={person}
          onCalled={setCalled}
          onPassed={() => take.reset()}
        />
      )}
    </>
  )
}

interface PersonProps {
  person: PreviewView
  onCalled: (interaction: string) => void
  onPassed: () => void
}

function Person({ person, onCalled, onPassed }: PersonProps) {
  const { t, word, language } = useTexts()
  const { message } = Messages.useApp()
  const [passing, setPassing] = useState(false)
  const { data: mine } = useQuery(myStateQuery)
  const ready = mine?.state === 'ready'
  const dial = useMutation({
    mutationFn: () => dialPreview(person.entry),
    onSuccess: (told) => {
      if (told.dialled && told.interaction) onCalled(told.interaction)
    },
  })
  const go = () => {
    if (ready && !dial.isPending) dial.mutate()
  }
  useKeys(
    [
      { keys: 'd', text: 'preview.dial', group: 'preview.group', run: go },
      { keys: 'p', text: 'preview.pass', group: 'preview.group', run: () => setPassing(true) },
    ],
    { active: !passing },
  )
  const refused = dial.data?.dialled === false ? dial.data : null
  return (
    <div className="conversation detail">
      <div className="column">
        <Panel title={t('preview.person')}>
          <p className="name">{person.name}</p>
          <dl className="facts">
            <dt>{t('contacts.number')}</dt>
            <dd className="figures">{person.phone}</dd>
            <dt>{t('contact.language')}</dt>
            <dd>{word('speech', person.language)}</dd>
            {Object.entries(person.fields).map(([field, value]) => (
              <div key={field}>
                <dt>{word('campaign.field', field)}</dt>
                <dd className="figures">{value}</dd>
              </div>
            ))}
            <dt>{t('preview.tries')}</dt>
            <dd>{t('preview.tries.count', { count: person.tries })}</dd>
            {person.until && (
              <>
                <dt>{t('preview.kept')}</dt>
                <dd>
                  <Until at={person.until} />
                </dd>
              </>
            )}
          </dl>
        </Panel>
        <Panel title={t('preview.may')} extra={<MayWords may={person.may} />}>
          <MayReasons may={person.may} />
          {!ready && <p className="warn">{t('preview.ready')}</p>}
          <Failure error={dial.error} />
          {refused && (
            <Alert
              type="warning"
              role="alert"
              title={t('preview.refused')}
              description={
                <>
                  {refused.reasons.map((code) => word('gate', code)).join(' · ')}
                  {refused.again_at &&
                    ` ${t('preview.again', { time: moment(refused.again_at, language) })}`}
                </>
              }
            />
          )}
          <p className="row">
            <Button type="primary" disabled={!ready} loading={dial.isPending} onClick={go}>
              {t('preview.dial')} <kbd>{'D'}</kbd>
            </Button>
            <Button onClick={() => setPassing(true)}>
              {t('preview.pass')} <kbd>{'P'}</kbd>
            </Button>
          </p>
        </Panel>
      </div>
      <div className="column">
        <Opening words={person.words[person.language]} script={person.script[person.language]} />
      </div>
      {passing && (
        <Pass
          entry={person.entry}
          onClose={() => setPassing(false)}
          onPassed={() => {
            void message.success(t('preview.passed'))
            onPassed()
          }}
        />
      )}
    </div>
  )
}

interface PassProps {
  entry: string
  onClose: () => void
  onPassed: () => void
}

const LEAST = 3

function Pass({ entry, onClose, onPassed }: PassProps) {
  const { t } = useTexts()
  const [why, setWhy] = useState('')
  const pass = useMutation({
    mutationFn: () => passOn(entry, why.trim()),
    onSuccess: () => onPassed(),
  })
  const enough = why.trim().length >= LEAST
  return (
    <Dialog
      open
      title={t('preview.pass')}
      okText={t('preview.pass')}
      cancelText={t('app.cancel')}
      okButtonProps={{ disabled: !enough }}
      confirmLoading={pass.isPending}
      onOk={() => pass.mutate()}
      onCancel={onClose}
    >
      <Failure error={pass.error} />
      <label htmlFor="pass-why">{t('preview.pass.why')}</label>
      <Input
        id="pass-why"
        autoFocus
        maxLength={200}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
        onPressEnter={(event) => {
          if (!composes(event.nativeEvent) && enough) pass.mutate()
        }}
      />
    </Dialog>
  )
}

/** What becomes of the call; once the two hear each other, the conversation's own screen. */
function Called({ interaction }: { interaction: string }) {
  const { t, word } = useTexts()
  const [, go] = useLocation()
  const { data: call } = useQuery(campaignCallQuery(interaction))
  const { held, call: mine } = usePhone()
  const rings = mine?.interaction === interaction && mine.my_presence === 'ringing'
  const up = mine?.interaction === interaction && !rings
  // Whoever has dialled need not pick up as well: somebody waits at the other end.
  useEffect(() => {
    if (rings && held === 'here') void phone.answer().catch(() => undefined)
  }, [rings, held])
  const connected = up || call?.connected_at != null
  useEffect(() => {
    if (connected) go(`/call/${interaction}`)
  }, [connected, interaction, go])
  // A call that is not ours any more was taken from us: it has ended here.
  const ended = !connected && (call === null || call?.ended_at != null)
  return (
    <section className="panel" role="status">
      <p className={ended ? '' : 'good'}>
        {!call && !ended && t('preview.dialling')}
        {ended &&
          t('preview.ended', {
            outcome: call?.outcome ? word('campaign.outcome', call.outcome) : t('app.unknown'),
          })}
        {call && !ended && !connected && !call.answered_at && t('preview.ringing')}
        {call && !ended && !connected && call.answered_at && t('preview.answered')}
        {connected && t('preview.talking')}
      </p>
    </section>
  )
}
