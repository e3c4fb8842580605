/** The whole page: texts, looks, who is logged in. */
import { QueryClientProvider, useQuery } from '@tanstack/react-query'
import { App as Messages, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useEffect, useMemo, useState } from 'react'
import { Router } from 'wouter'
import { onSessionEnd } from '@/api/client'
import { sessionQuery } from '@/api/session'
import { Enrolment } from '@/screens/account/Enrolment'
import { FirstPassword } from '@/screens/account/FirstPassword'
import { Login } from '@/screens/account/Login'
import { keepLanguage, keptLanguage, load, speak, TextsProvider, useTexts } from '@/texts'
import type { Language, Texts } from '@/texts'
import { Broken } from './Broken'
import { ErrorBoundary } from './ErrorBoundary'
import { queries } from './parts'
import { Settings } from './settings'
import { Shell } from './Shell'
import { keepLook, keptLook, themeOf, type Look } from './theme'

interface Props {
  first: { language: Language; texts: Texts }
  look: Look
}

export function App({ first, look: firstLook }: Props) {
  const [{ language, texts }, setTexts] = useState(first)
  const [look, setLook] = useState(firstLook)
  const spoken = useMemo(() => speak(language, texts), [language, texts])
  const settings = useMemo(
    () => ({
      look,
      setLook: (chosen: Look) => {
        keepLook(chosen)
        setLook(chosen)
      },
      setLanguage: (chosen: Language) => {
        keepLanguage(chosen)
        void speakIn(chosen, setTexts)
      },
    }),
    [look],
  )
  useEffect(() => {
    // Chosen in another tab: all that are open look and speak alike.
    const follow = ({ key }: StorageEvent) => {
      if (key === 'look') setLook(keptLook())
      if (key === 'language') void speakIn(keptLanguage(), setTexts)
    }
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [])
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    document.documentElement.dataset.look = look
  }, [language, look])
  const theme = useMemo(() => themeOf(look, language), [look, language])
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: false }}
    >
      <Messages component={false} message={{ maxCount: 3 }}>
        <TextsProvider spoken={spoken}>
          <Settings value={settings}>
            <QueryClientProvider client={queries}>
              <ErrorBoundary at={language}>
                <Router base="/desk">
                  <Door />
                </Router>
              </ErrorBoundary>
            </QueryClientProvider>
          </Settings>
        </TextsProvider>
      </Messages>
    </ConfigProvider>
  )
}

async function speakIn(language: Language, show: (spoken: Props['first']) => void) {
  show({ language, texts: await load(language) })
}

/** Whoever is not logged in logs in first; what they were doing stays where it is. */
function Door() {
  const { t } = useTexts()
  const session = useQuery(sessionQuery)
  const [ended, setEnded] = useState(false)
  useEffect(
    () =>
      onSessionEnd(() => {
        setEnded(true)
        queries.setQueryData(sessionQuery.queryKey, null)
      }),
    [],
  )
  if (session.data === undefined) {
    if (session.isError)
      return <Broken what={String(session.error)} onRetry={() => void session.refetch()} />
    return <p className="notice">{t('app.loading')}</p>
  }
  if (session.data === null) return <Login ended={ended} />
  if (!session.data.enrolled) return <Enrolment />
  if (session.data.must_change_password) return <FirstPassword />
  return <Shell session={session.data} />
}
