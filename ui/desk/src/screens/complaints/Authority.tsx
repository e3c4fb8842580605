/** Whoever speaks for the complainant: what they showed is looked at here; nothing is told before. */
import { useState } from 'react'
import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { complaintFile, complaintFilesQuery } from '@/api/complaints'
import { Panel } from '@/app/Panel'
import { DateField } from '@/format/DateField'
import { useTexts } from '@/texts'
import type { PartProps } from './part'
import { LineField } from './fields'
import { StepForm, useOn } from './step'

export function Authority({ one, handles }: PartProps) {
  const { t, word } = useTexts()
  const [open, setOpen] = useState(false)
  const { proxy } = one
  if (!proxy) return null
  const says = [
    proxy.principal && t('complaint.authority.for', { who: proxy.principal }),
    proxy.until && t('complaint.authority.until', { day: proxy.until }),
    proxy.checked_by && t('complaint.authority.checked'),
  ].filter(Boolean)
  return (
    <Panel
      title={t('complaint.authority')}
      extra={
        handles && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.authority.check')}
          </Button>
        )
      }
    >
      {says.length > 0 && <p>{says.join(t('app.and'))}</p>}
      {proxy.lacks.length > 0 ? (
        <>
          <p className="warn">{t('complaint.authority.lacks')}</p>
          <ul className="why">
            {proxy.lacks.map((code) => (
              <li key={code}>{word('complaint.lacks', code)}</li>
            ))}
          </ul>
        </>
      ) : (
        <p className="quiet">{t('complaint.authority.whole')}</p>
      )}
      {open && handles && <Check one={one} onDone={() => setOpen(false)} />}
    </Panel>
  )
}

type Kind = 'authority' | 'identity' | 'none'

function Check({ one, onDone }: Pick<PartProps, 'one'> & { onDone: () => void }) {
  const { t } = useTexts()
  const { proxy } = one
  const { data: files } = useQuery(complaintFilesQuery(one.row.id))
  const [kinds, setKinds] = useState<Record<string, Kind>>({})
  const [principal, setPrincipal] = useState(proxy?.principal || one.name)
  const [until, setUntil] = useState(proxy?.until ?? '')
  const kindOf = (id: string): Kind => {
    const shown = proxy?.authority_files.includes(id) ? 'authority' : undefined
    const own = proxy?.identity_files.includes(id) ? 'identity' : undefined
    return kinds[id] ?? shown ?? own ?? 'none'
  }
  const chosen = (kind: Kind) =>
    (files ?? []).map((file) => file.id).filter((id) => kindOf(id) === kind)
  const body = {
    authority_files: chosen('authority'),
    identity_files: chosen('identity'),
    principal,
    until: until || null,
  }
  const send = useOn(one.row.id, 'authority', body, onDone)
  return (
    <StepForm
      step={send}
      submit={t('complaint.authority.seen')}
      ready={body.authority_files.length > 0 && principal.trim() !== ''}
    >
      <p className="quiet">{t('complaint.authority.hint')}</p>
      {(files ?? []).map((file) => (
        <p className="field" key={file.id}>
          <label htmlFor={`authority-${file.id}`}>
            <a href={complaintFile(one.row.id, file.id)} download={file.name}>
              {file.name}
            </a>
          </label>
          <select
            id={`authority-${file.id}`}
            value={kindOf(file.id)}
            onChange={(event) => setKinds({ ...kinds, [file.id]: event.target.value as Kind })}
          >
            <option value="none">{t('complaint.authority.kind.none')}</option>
            <option value="authority">{t('complaint.authority.kind.authority')}</option>
            <option value="identity">{t('complaint.authority.kind.identity')}</option>
          </select>
        </p>
      ))}
      {files?.length === 0 && <p className="warn">{t('complaint.authority.nofiles')}</p>}
      <LineField
        id="authority-principal"
        label={t('complaint.authority.principal')}
        most={60}
        value={principal}
        onChange={setPrincipal}
      />
      <p className="field">
        <label htmlFor="authority-until">{t('complaint.authority.last')}</label>
        <DateField id="authority-until" value={until} onChange={setUntil} />
      </p>
    </StepForm>
  )
}
