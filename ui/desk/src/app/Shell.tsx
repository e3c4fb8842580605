/** What surrounds every screen: bars, navigation, keys, the way out. */
import { App as Messages, Button, Dropdown } from 'antd'
import { Suspense, useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { logOut, sessionQuery, type Session } from '@/api/session'
import { sentence } from '@/api/sentences'
import { discardAll } from '@/drafts/drafts'
import { useKeys } from '@/keys/useKeys'
import { PasswordDialog } from '@/screens/account/PasswordDialog'
import { ChatSigns } from '@/screens/chats/ChatSigns'
import { PhoneBar } from '@/softphone/PhoneBar'
import { usePhone } from '@/softphone/usePhone'
import { screens, type Screen } from '@/screens'
import { useTexts } from '@/texts'
import { ErrorBoundary } from './ErrorBoundary'
import { KeyMap } from './KeyMap'
import { LinkBar, useLink } from './LinkBar'
import { MeProvider } from './me'
import { Navigation } from './Navigation'
import { link, phone, queries } from './parts'
import { Switches } from './Switches'

export function Shell({ session }: { session: Session }) {
  const { t } = useTexts()
  const [address, go] = useLocation()
  const [map, setMap] = useState(false)
  const { call } = usePhone()
  const mine = screens.filter((one) => (one.roles as readonly string[]).includes(session.role))
  useEffect(() => {
    link.start()
    return () => link.stop()
  }, [])
  useKeys([
    { keys: '?', text: 'keys.help', run: () => setMap(true) },
    ...mine.flatMap((one) =>
      one.keys
        ? [
            {
              keys: one.keys,
              text: one.title,
              run: () => go(one.path),
              ...(one.group ? { group: `nav.group.${one.group}` as const } : {}),
            },
          ]
        : [],
    ),
  ])
  const bare = mine.find((one) => one.bare && address === one.path)
  return (
    <MeProvider value={session}>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <LinkBar />
      <div className="always">
        {!bare && <Header screens={mine} session={session} />}
        {session.agent !== null && (!bare || call !== null) && <PhoneBar />}
      </div>
      {session.agent !== null && <ChatSigns />}
      <main id="content" tabIndex={-1} className={bare ? 'bare' : ''}>
        <ErrorBoundary at={address}>
          <Suspense fallback={<p className="notice">{t('app.loading')}</p>}>
            <Switch>
              {mine.map((one) => (
                <Route key={one.path} path={one.route ?? one.path} component={one.component} />
              ))}
              <Route>
                <p className="notice">{t('app.notfound')}</p>
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </main>
      <KeyMap open={map} onClose={() => setMap(false)} />
    </MeProvider>
  )
}

function Header({ screens, session }: { screens: readonly Screen[]; session: Session }) {
  const { t } = useTexts()
  const state = useLink().is
  return (
    <header className="top">
      <span className="brand">{t('app.name')}</span>
      <Navigation screens={screens.filter((one) => !one.hidden)} />
      <span className={`lamp ${state}`} role="img" aria-label={t(`link.${lampOf(state)}`)} />
      <Switches />
      <Account session={session} />
    </header>
  )
}

function lampOf(state: string): 'up' | 'connecting' {
  return state === 'up' ? 'up' : 'connecting'
}

function Account({ session }: { session: Session }) {
  const spoken = useTexts()
  const { t, word } = spoken
  const { message } = Messages.useApp()
  const [password, setPassword] = useState(false)
  const leave = async () => {
    try {
      await phone.letGo()
      await logOut()
    } catch (error) {
      void message.error(sentence(error, spoken))
      return
    }
    discardAll()
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    queries.setQueryData(sessionQuery.queryKey, null)
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'password', label: t('account.password'), onClick: () => setPassword(true) },
            { key: 'leave', label: t('account.logout'), onClick: () => void leave() },
          ],
        }}
      >
        <Button type="text" aria-haspopup="menu" title={t('account.menu')}>
          {session.name} · {word('role', session.role)}
        </Button>
      </Dropdown>
      <PasswordDialog open={password} onClose={() => setPassword(false)} />
    </>
  )
}
