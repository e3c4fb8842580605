/** The conversation that one is in, or still has to wrap up. */
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation, useParams } from 'wouter'
import { myCallQuery } from '@/api/calls'
import { screenQuery } from '@/api/workplace'
import { Broken } from '@/app/Broken'
import { useTexts } from '@/texts'
import { GuidanceDrawer } from '@/screens/guidance/GuidanceDrawer'
import { Work } from './acts/Work'
import { BankCall } from './BankCall'
import { Cards } from './Cards'
import { Care } from './Care'
import { Dissuade } from './dissuade/Dissuade'
import { Warned } from './dissuade/Warned'
import { Entry } from './Entry'
import { Hard } from './Hard'
import { Notes } from './Notes'
import { Path } from './Path'
import { Reminders } from './Reminders'
import { Running } from './Running'
import { ScamReport } from './ScamReport'
import { Who } from './Who'
import { TakeComplaint } from './TakeComplaint'
import { WrapUp } from './WrapUp'

export default function Call() {
  const { t } = useTexts()
  const [, go] = useLocation()
  const { interaction } = useParams<{ interaction?: string }>()
  const { data: mine } = useQuery(myCallQuery)
  const up = mine?.my_presence === 'ringing' ? undefined : mine?.interaction
  // The address keeps the conversation when the call is over, until it is wrapped up.
  useEffect(() => {
    if (!interaction && up) go(`/call/${up}`, { replace: true })
  }, [interaction, up, go])
  if (!interaction)
    return (
      <section className="notice">
        <h1>{t('call.none')}</h1>
        <p className="quiet">{t('call.none.hint')}</p>
      </section>
    )
  return <Conversation key={interaction} interaction={interaction} up={up === interaction} />
}

function Conversation({ interaction, up }: { interaction: string; up: boolean }) {
  const { t } = useTexts()
  const { data: screen, error, refetch } = useQuery(screenQuery(interaction))
  if (error && !screen) return <Broken what={String(error)} onRetry={() => void refetch()} />
  if (!screen) return <p className="notice">{t('app.loading')}</p>
  return (
    <>
      <h1 className="unseen">{t('call.title')}</h1>
      <div className="conversation">
        <div className="column">
          {screen.door === 'campaign' && <BankCall interaction={interaction} />}
          <Care interaction={interaction} />
          <Reminders screen={screen} />
          {screen.who.holder && <Warned holder={screen.who.holder.id} />}
          <Who screen={screen} />
          {up && <Entry interaction={interaction} />}
          <Running cases={screen.cases} pending={screen.pending} cards={screen.cards} />
          <Path steps={screen.path} />
        </div>
        <div className="column">
          <Cards interaction={interaction} cards={screen.cards} />
          <Work screen={screen} up={up} />
        </div>
        <div className="column">
          <div className="row">
            <GuidanceDrawer
              language={screen.language === 'en' ? 'en' : 'zh'}
              about={interaction}
              matter={screen.matter ?? ''}
            />
            <TakeComplaint
              interaction={interaction}
              known={screen.who.holder !== null}
              language={screen.language === 'en' ? 'en' : 'zh'}
            />
            <ScamReport interaction={interaction} cards={screen.cards} />
            <Dissuade
              interaction={interaction}
              cards={screen.cards}
              known={screen.who.holder !== null}
              speaks={screen.language === 'en' ? 'en' : 'zh'}
            />
          </div>
          <Notes interaction={interaction} notes={screen.notes} />
          <WrapUp interaction={interaction} up={up} />
          {up && <Hard interaction={interaction} holder={screen.who.holder?.id ?? null} />}
        </div>
      </div>
    </>
  )
}
