/** Packs that one has asked for: of whom or what, why, how far they are, and taking them. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Messages, Button } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { askForPack, packFile, packsQuery, type NewPack, type Pack } from '@/api/evidence'
import { sentence } from '@/api/sentences'
import { Badge, type Tone } from '@/app/Badge'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { bytes } from '@/screens/chats/unread'
import { LineField, TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { PACK_KINDS, packOf, type PackKind } from './states'

const TONE: Record<Pack['state'], Tone> = {
  asked: 'accent',
  ready: 'good',
  failed: 'bad',
  gone: 'quiet',
}

export function Packs() {
  return (
    <div className="column">
      <Ask />
      <List />
    </div>
  )
}

function Ask() {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [kind, setKind] = useState<PackKind>('complaint')
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const ask = useMutation({
    mutationFn: (body: NewPack) => askForPack(body),
    onSuccess: async () => {
      setTyped('')
      setReason('')
      await queries.invalidateQueries({ queryKey: ['evidence', 'packs'] })
      void message.success(t('pack.asked'))
    },
  })
  const body = packOf(kind, typed, reason)
  return (
    <Panel title={t('pack.ask')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (body && !ask.isPending) ask.mutate(body)
        }}
      >
        <Failure error={ask.error} missing={t(`pack.missing.${kind}`)} />
        <p className="quiet">{t('pack.what')}</p>
        <fieldset className="plainset">
          <legend>{t('pack.of')}</legend>
          <span className="row">
            {PACK_KINDS.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name="pack-kind"
                  checked={one === kind}
                  onChange={() => {
                    setKind(one)
                    setTyped('')
                  }}
                />{' '}
                {t(`pack.of.${one}`)}
              </label>
            ))}
          </span>
        </fieldset>
        <LineField
          id="pack-of"
          label={t(`pack.name.${kind}`)}
          most={kind === 'interactions' ? 4000 : 60}
          value={typed}
          onChange={setTyped}
        />
        <TextField
          id="pack-reason"
          label={t('pack.reason')}
          most={400}
          value={reason}
          onChange={setReason}
        />
        <Button type="primary" htmlType="submit" loading={ask.isPending} disabled={!body}>
          {t('pack.ask')}
        </Button>
      </form>
    </Panel>
  )
}

/** What a pack is of: a complaint, so many conversations, or all that there is of a holder. */
function About({ one }: { one: Pack }) {
  const { t } = useTexts()
  const whose = one.holder ?? t('pack.about.stranger')
  return (
    <>
      {one.complaint ? (
        <Anchor href={`/complaints/${one.complaint}`}>
          {t('complaint.one', { id: one.complaint })}
        </Anchor>
      ) : one.contacts > 0 ? (
        t('pack.about.contacts', { count: one.contacts })
      ) : (
        t('pack.about.all')
      )}
      <div className="quiet figures">
        {whose} · {one.id}
      </div>
    </>
  )
}

function List() {
  const spoken = useTexts()
  const { t, language } = spoken
  const { data: packs, error } = useQuery(packsQuery)
  return (
    <Panel title={t('pack.mine')}>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!packs && !error && <p className="quiet">{t('app.loading')}</p>}
      {packs?.length === 0 && <p className="quiet">{t('pack.none')}</p>}
      {packs && packs.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('pack.about')}</th>
              <th scope="col">{t('pack.reason')}</th>
              <th scope="col">{t('pack.at')}</th>
              <th scope="col">{t('pack.state')}</th>
              <th scope="col">{t('pack.file')}</th>
            </tr>
          </thead>
          <tbody>
            {packs.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <About one={one} />
                </th>
                <td className="text">{one.reason}</td>
                <td className="nowrap">
                  {moment(one.asked_at, language)}
                  {one.made_at && (
                    <div className="quiet">
                      {t('pack.made', { time: moment(one.made_at, language) })}
                    </div>
                  )}
                </td>
                <td>
                  <Badge tone={TONE[one.state]}>{t(`pack.state.${one.state}`)}</Badge>
                  {one.missing !== null && one.missing > 0 && (
                    <div className="warn">{t('pack.missing', { count: one.missing })}</div>
                  )}
                </td>
                <td>
                  {one.state === 'ready' && (
                    <a
                      href={packFile(one.id)}
                      download
                      aria-label={`${t('pack.download')} ${one.id}`}
                    >
                      {t('pack.download')}{' '}
                      {one.bytes !== null && <span className="quiet">{bytes(one.bytes)}</span>}
                    </a>
                  )}
                  {one.state === 'ready' && one.ends_at && (
                    <div className="quiet">
                      {t('pack.until', { time: moment(one.ends_at, language) })}
                    </div>
                  )}
                  {(one.state === 'failed' || one.state === 'gone') && (
                    <span className="quiet">{t('pack.again')}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
