/** Whom the chat is about, as beside a call. */
import { useQuery } from '@tanstack/react-query'
import { screenQuery } from '@/api/workplace'
import { Dissuade } from '@/screens/call/dissuade/Dissuade'
import { Warned } from '@/screens/call/dissuade/Warned'
import { Cards } from '@/screens/call/Cards'
import { Contacts } from '@/screens/call/Contacts'
import { Hard } from '@/screens/call/Hard'
import { Notes } from '@/screens/call/Notes'
import { Reminders } from '@/screens/call/Reminders'
import { Running } from '@/screens/call/Running'
import { ScamReport } from '@/screens/call/ScamReport'
import { Statement } from '@/screens/call/Statement'
import { Who } from '@/screens/call/Who'

interface Props {
  interaction: string
  /** One has the chat, and it goes on. */
  up?: boolean
}

export function Beside({ interaction, up = false }: Props) {
  const { data: screen } = useQuery({ ...screenQuery(interaction), retry: false })
  // Chats that one may not see in whole have no screen; what was said stands on its own.
  if (!screen) return null
  return (
    <div className="column">
      <Reminders screen={screen} />
      {screen.who.holder && <Warned holder={screen.who.holder.id} />}
      {up && (
        <div className="row">
          <ScamReport interaction={interaction} cards={screen.cards} keyed={false} />
          <Dissuade
            interaction={interaction}
            cards={screen.cards}
            known={screen.who.holder !== null}
            speaks={screen.language === 'en' ? 'en' : 'zh'}
          />
        </div>
      )}
      <Who screen={screen} />
      <Cards interaction={interaction} cards={screen.cards} />
      <Running cases={screen.cases} pending={screen.pending} cards={screen.cards} />
      <Statement statements={screen.last_statements} />
      <Notes interaction={interaction} notes={screen.notes} />
      <Contacts contacts={screen.contacts} />
      {up && <Hard interaction={interaction} holder={screen.who.holder?.id ?? null} door="chat" />}
    </div>
  )
}
