/** The way to every screen: one line, by what the work is about; a group of several opens a menu. */
import { useId, useState, type FocusEvent, type KeyboardEvent } from 'react'
import { flushSync } from 'react-dom'
import { Link as Anchor, useLocation } from 'wouter'
import { GROUPS, type Group, type Screen } from '@/screens'
import { useTexts } from '@/texts'

export function Navigation({ screens }: { screens: readonly Screen[] }) {
  const { t } = useTexts()
  return (
    <nav aria-label={t('nav.label')}>
      {[undefined, ...GROUPS].map((group) => {
        const inside = screens.filter((one) => one.group === group)
        return group && inside.length > 1 ? (
          <Menu key={group} group={group} screens={inside} />
        ) : (
          inside.map((one) => <Way key={one.path} screen={one} />)
        )
      })}
    </nav>
  )
}

/** A button that shows its links: arrows go through them, Escape and leaving close it. */
function Menu({ group, screens }: { group: Group; screens: readonly Screen[] }) {
  const { t } = useTexts()
  const [address] = useLocation()
  const [open, setOpen] = useState(false)
  const id = useId()
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step && !(event.key === 'Escape' && open)) return
    event.preventDefault()
    flushSync(() => setOpen(Boolean(step)))
    const places = [...event.currentTarget.querySelectorAll<HTMLElement>('button, a')]
    const at = places.findIndex((one) => one === document.activeElement)
    places.at(step ? (at + step) % places.length : 0)?.focus()
  }
  const leave = (event: FocusEvent<HTMLElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false)
  }
  return (
    <div className="group" onKeyDown={move} onBlur={leave}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-current={screens.some((one) => leadsTo(one, address)) ? 'true' : undefined}
        onClick={() => setOpen(!open)}
      >
        {t(`nav.group.${group}`)}
      </button>
      {open && (
        <ul id={id} className="list">
          {screens.map((one) => (
            <li key={one.path}>
              <Way screen={one} onGo={() => setOpen(false)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Way({ screen, onGo }: { screen: Screen; onGo?: () => void }) {
  const { t } = useTexts()
  const [address] = useLocation()
  return (
    <Anchor
      href={screen.path}
      aria-current={leadsTo(screen, address) ? 'page' : undefined}
      onClick={onGo}
    >
      {t(screen.title)}
      {onGo && screen.keys && (
        <span className="keys" aria-hidden>
          {screen.keys.split(' ').map((one) => (
            <kbd key={one}>{one}</kbd>
          ))}
        </span>
      )}
    </Anchor>
  )
}

function leadsTo(screen: Screen, address: string): boolean {
  return [screen.path, ...(screen.also ?? [])].some(
    (path) => address === path || (path !== '/' && address.startsWith(`${path}/`)),
  )
}
