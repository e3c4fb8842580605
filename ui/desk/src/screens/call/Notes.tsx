/** Notes: kept while they are typed, sent by Ctrl + Enter, secrets taken out by the server. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { useRef } from 'react'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { sentence } from '@/api/sentences'
import { writeNote, type ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { clock } from '@/format/format'
import { composes } from '@/keys/map'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'

export function Notes({ interaction, notes }: Pick<ScreenView, 'interaction' | 'notes'>) {
  const spoken = useTexts()
  const { t } = spoken
  const field = useRef<TextAreaRef>(null)
  const [text, setText] = useDraft(interaction, 'note', '')
  const write = useMutation({
    mutationFn: () => writeNote(interaction, text),
    onSuccess: async () => {
      setText('')
      discard(interaction, 'note')
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
    },
  })
  useKeys([
    {
      keys: 'n',
      text: 'call.key.note',
      group: 'call.group',
      run: () => field.current?.focus(),
    },
  ])
  const send = () => {
    if (text.trim() && !write.isPending) write.mutate()
  }
  return (
    <Panel title={t('call.notes')}>
      <label htmlFor="note">{t('call.note.new')}</label>
      <Input.TextArea
        ref={field}
        id="note"
        rows={3}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey && !composes(event.nativeEvent)) send()
        }}
      />
      {write.isError && <Alert type="error" role="alert" title={sentence(write.error, spoken)} />}
      {write.data && write.data.masked.length > 0 && (
        <Alert type="warning" role="status" title={t('call.note.masked')} />
      )}
      {write.data && write.data.asks.length > 0 && (
        <Alert type="error" role="alert" title={t('call.note.asks')} />
      )}
      <div className="row">
        <Button loading={write.isPending} disabled={!text.trim()} onClick={send}>
          {t('app.save')}
        </Button>
      </div>
      <ul className="list">
        {notes.map((one) => (
          <li key={one.id}>
            <span className="quiet figures">
              {clock(one.at)} {one.author}
            </span>
            <div className="text">{one.text}</div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
