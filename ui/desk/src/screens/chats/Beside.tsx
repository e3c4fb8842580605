/** Whom the chat is about, as beside a call. */
import { useQuery } from '@tanstack/react-query'
import { screenQuery } from '@/api/workplace'
import { Cards } from '@/screens/call/Cards'
import { Contacts } from '@/screens/call/Contacts'
import { Notes } from '@/screens/call/Notes'
import { Reminders } from '@/screens/call/Reminders'
import { Statement } from '@/screens/call/Statement'
import { Who } from '@/screens/call/Who'

export function Beside({ interaction }: { interaction: string }) {
  const { data: screen } = useQuery({ ...screenQuery(interaction), retry: false })
  // Chats that one may not see in whole have no screen; what was said stands on its own.
  if (!screen) return null
  return (
    <div className="column">
      <Reminders screen={screen} />
      <Who screen={screen} />
      <Cards interaction={interaction} cards={screen.cards} />
      <Statement statements={screen.last_statements} />
      <Notes interaction={interaction} notes={screen.notes} />
      <Contacts contacts={screen.contacts} />
    </div>
  )
}
