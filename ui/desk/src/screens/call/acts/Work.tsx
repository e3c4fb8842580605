/** What can be looked at and done for the holder: five tabs, each under its number. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { myCallQuery } from '@/api/calls'
import type { ScreenView } from '@/api/workplace'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { Contacts } from '../Contacts'
import { Permissions } from '../Permissions'
import { Sent } from '../Sent'
import { Statement } from '../Statement'
import { StopMarketing } from '../StopMarketing'
import { Account } from './Account'
import { readAgain } from './form'
import { Acts } from './Acts'
import { Requests } from './Requests'

const TABS = ['overview', 'acts', 'account', 'requests', 'permissions'] as const
type Tab = (typeof TABS)[number]

export function Work({ screen, up }: { screen: ScreenView; up: boolean }) {
  const { t } = useTexts()
  const [tab, setTab] = useState<Tab>('overview')
  const [stopping, setStopping] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const interaction = screen.interaction
  const holder = screen.who.holder?.id ?? null
  const { data: call } = useQuery(myCallQuery)
  const entry = call?.interaction === interaction ? call.entry?.state : undefined
  // What was keyed in may open acts and what may be told.
  useEffect(() => {
    if (entry === 'correct') void readAgain(interaction)
  }, [entry, interaction])
  const show = (chosen: Tab) => {
    setTab(chosen)
    panel.current?.focus()
  }
  useKeys(
    TABS.map((one, index) => ({
      keys: String(index + 1),
      text: `acts.tab.${one}` as const,
      group: 'call.group' as const,
      run: () => show(one),
    })),
  )
  useKeys(
    [
      {
        keys: 'u',
        text: 'permit.stop.key',
        group: 'call.group',
        run: () => setStopping(true),
      },
    ],
    { active: up },
  )
  const turn = (by: number) => {
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] ?? 'overview'
    setTab(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <section className="work" aria-label={t('acts.work')}>
      <div role="tablist" className="tabs" aria-label={t('acts.work')}>
        {TABS.map((one, index) => (
          <button
            key={one}
            id={`tab-${one}`}
            role="tab"
            type="button"
            aria-selected={one === tab}
            aria-controls="work-panel"
            tabIndex={one === tab ? 0 : -1}
            onClick={() => setTab(one)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowRight') turn(1)
              if (event.key === 'ArrowLeft') turn(-1)
            }}
          >
            {t(`acts.tab.${one}`)} <kbd>{index + 1}</kbd>
          </button>
        ))}
      </div>
      <div
        ref={panel}
        id="work-panel"
        role="tabpanel"
        tabIndex={-1}
        aria-labelledby={`tab-${tab}`}
        className={tab === 'overview' ? 'column' : 'panel'}
      >
        {tab === 'overview' && (
          <>
            <Statement statements={screen.last_statements} />
            <Contacts contacts={screen.contacts} />
            <Sent messages={screen.messages} />
          </>
        )}
        {tab === 'acts' && (
          <Acts interaction={interaction} up={up} onRequests={() => show('requests')} />
        )}
        {tab === 'account' && <Account interaction={interaction} up={up} />}
        {tab === 'requests' && (
          <Requests holder={holder} interaction={interaction} cards={screen.cards} up={up} />
        )}
        {tab === 'permissions' && (
          <Permissions interaction={interaction} up={up} onStop={() => setStopping(true)} />
        )}
      </div>
      {stopping && <StopMarketing interaction={interaction} onClose={() => setStopping(false)} />}
    </section>
  )
}
