/** Who this probably is, how sure we are, and why. */
import { Button } from 'antd'
import { useState } from 'react'
import type { ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { ClaimDialog } from './ClaimDialog'
import { Signed } from './Signed'
import { UnmaskDialog, type Field } from './UnmaskDialog'

const FIELDS: readonly Field[] = ['name', 'phone', 'id_tail', 'address']

export function Who({ screen }: { screen: ScreenView }) {
  const { t, word, language } = useTexts()
  const [claiming, setClaiming] = useState(false)
  const [field, setField] = useState<Field | null>(null)
  const [shown, setShown] = useState<Partial<Record<Field, string>>>({})
  const { holder, assurance, number, proofs } = screen.who
  useKeys([{ keys: 'w', text: 'call.key.find', group: 'call.group', run: () => setClaiming(true) }])
  return (
    <Panel
      title={t('call.who')}
      extra={
        <Button size="small" onClick={() => setClaiming(true)}>
          {t('call.claim')} <kbd>W</kbd>
        </Button>
      }
    >
      <p className="name">{shown.name ?? holder?.name ?? t('call.who.unknown')}</p>
      <p className="row">
        <strong className={`sure ${assurance.level}`}>
          {inLanguage(assurance.words, language)}
        </strong>
      </p>
      <ul className="why">
        {assurance.reasons.map((one) => (
          <li key={one.code}>{inLanguage(one, language)}</li>
        ))}
      </ul>
      <dl className="facts">
        <dt>{t('call.number')}</dt>
        <dd className="figures">{number}</dd>
        {screen.door === 'phone' && <Signed interaction={screen.interaction} />}
        {holder &&
          FIELDS.map((one) => (
            <Fact
              key={one}
              field={one}
              value={shown[one] ?? holder[one]}
              whole={one in shown}
              onUnmask={() => setField(one)}
            />
          ))}
        <dt>{t('call.proofs')}</dt>
        <dd>
          {proofs.length === 0 && <span className="quiet">{t('call.proofs.none')}</span>}
          {proofs.map((one) => (
            <div key={`${one.factor}${one.at}`} className={one.counts ? 'good' : 'quiet'}>
              {word('factor', one.factor)} {moment(one.at, language)}
              {!one.counts && `（${t('call.proof.other')}）`}
            </div>
          ))}
        </dd>
      </dl>
      <ClaimDialog
        open={claiming}
        interaction={screen.interaction}
        onClose={() => setClaiming(false)}
      />
      <UnmaskDialog
        field={field}
        interaction={screen.interaction}
        onClose={() => setField(null)}
        onShown={(name, value) => setShown((before) => ({ ...before, [name]: value }))}
      />
    </Panel>
  )
}

function Fact(props: { field: Field; value: string | null; whole: boolean; onUnmask: () => void }) {
  const { t } = useTexts()
  const name = t(`call.unmask.field.${props.field}`)
  return (
    <>
      <dt>{name}</dt>
      <dd className="row">
        <span className="figures">{props.value ?? '＊＊＊'}</span>
        {!props.whole && (
          <Button
            size="small"
            type="link"
            aria-label={`${t('call.unmask')} ${name}`}
            onClick={props.onUnmask}
          >
            {t('call.unmask')}
          </Button>
        )}
      </dd>
    </>
  )
}
