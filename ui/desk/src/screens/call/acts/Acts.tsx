/** Every act for the claimed holder: may it be done, why not, what proof is missing. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { actsQuery, type ActView } from '@/api/acts'
import { sentence } from '@/api/sentences'
import { useTexts } from '@/texts'
import { ActDialog } from './ActDialog'
import { GROUPS, formOf, groupOf, mayOpen, nameOf } from './kinds'
import { Missing, Why } from './Why'

interface Props {
  interaction: string
  up: boolean
  /** Where requests that run are undone. */
  onRequests: () => void
}

export function Acts({ interaction, up, onRequests }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const [open, setOpen] = useState<ActView | null>(null)
  const { data: acts, error } = useQuery(actsQuery(interaction))
  if (error && !acts) return <p className="bad">{sentence(error, spoken)}</p>
  if (!acts) return <p className="quiet">{t('app.loading')}</p>
  return (
    <>
      {GROUPS.map((group) => {
        const here = acts.filter((one) => groupOf(one.act) === group)
        if (here.length === 0) return null
        return (
          <section key={group} aria-label={t(`acts.group.${group}`)}>
            <h3>{t(`acts.group.${group}`)}</h3>
            <ul className="list">
              {here.map((act) => (
                <Row
                  key={nameOf(act)}
                  act={act}
                  interaction={interaction}
                  up={up}
                  onOpen={() => setOpen(act)}
                  onRequests={onRequests}
                />
              ))}
            </ul>
          </section>
        )
      })}
      {open && (
        <ActDialog act={open} interaction={interaction} up={up} onClose={() => setOpen(null)} />
      )}
    </>
  )
}

interface RowProps extends Props {
  act: ActView
  onOpen: () => void
}

function Row({ act, interaction, up, onOpen, onRequests }: RowProps) {
  const { t, language } = useTexts()
  const title = language === 'zh' ? act.title_zh : act.title_en
  const form = formOf(act.act)
  return (
    <li className="act">
      <div className="row">
        <span className="grow">
          {title} {act.card && <span className="figures quiet">•••• {act.card.tail}</span>}
        </span>
        <span className={act.allowed ? 'good' : 'warn'}>
          {act.allowed ? t('acts.allowed') : t('acts.refused')}
        </span>
        {form && (
          <Button
            size="small"
            aria-label={
              act.card ? `${t('acts.do')} ${title} ${act.card.tail}` : `${t('acts.do')} ${title}`
            }
            disabled={!mayOpen(act)}
            onClick={onOpen}
          >
            {t('acts.do')}
          </Button>
        )}
        {act.act === 'withdraw_request' && (
          <Button size="small" aria-label={`${t('acts.do')} ${title}`} onClick={onRequests}>
            {t('acts.do')}
          </Button>
        )}
        {(act.act === 'freeze' || act.act === 'hold') && <kbd>F</kbd>}
      </div>
      {!act.allowed && (
        <>
          <Why reasons={act.verdict.reasons} />
          <Missing interaction={interaction} missing={act.missing} up={up} />
        </>
      )}
    </li>
  )
}
