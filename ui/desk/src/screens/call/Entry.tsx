/** What must not be said aloud, the caller types; the agent sees only whether it was right. */
import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { askForEntry, cancelEntry, myCallQuery, type EntryKind } from '@/api/calls'
import { Panel } from '@/app/Panel'
import { useKeys } from '@/keys/useKeys'
import { useDoing } from '@/softphone/useDoing'
import { useTexts } from '@/texts'
import { EntryState } from './EntryState'

const KINDS: readonly EntryKind[] = ['query_password', 'one_time_code', 'tails']

export function Entry({ interaction }: { interaction: string }) {
  const { t, word } = useTexts()
  const { data: call } = useQuery(myCallQuery)
  const [open, setOpen] = useState(false)
  const doing = useDoing()
  const waiting = call?.entry?.state === 'waiting'
  useKeys([{ keys: 'e', text: 'call.key.entry', group: 'call.group', run: () => setOpen(true) }])
  return (
    <Panel title={t('phone.entry')}>
      <EntryState />
      <div className="row">
        {waiting ? (
          <Button loading={doing.busy} onClick={() => doing.start(() => cancelEntry(interaction))}>
            {t('phone.entry.cancel')}
          </Button>
        ) : (
          <Dropdown
            open={open}
            onOpenChange={setOpen}
            trigger={['click']}
            menu={{
              autoFocus: true,
              items: KINDS.map((kind) => ({
                key: kind,
                label: word('phone.entry', kind),
                onClick: () => doing.start(() => askForEntry(interaction, kind)),
              })),
            }}
          >
            <Button aria-haspopup="menu" loading={doing.busy}>
              {t('phone.entry')} <kbd>E</kbd>
            </Button>
          </Dropdown>
        )}
      </div>
    </Panel>
  )
}
