/** Taking chats, and how many at once. */
import { useMutation } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { setAvailability, type MineView } from '@/api/chats'
import { sentence } from '@/api/sentences'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'

/** The pack allows no more; the server refuses what is beyond it. */
const MOST = 5

export function Availability({ mine }: { mine: MineView }) {
  const spoken = useTexts()
  const { t } = spoken
  const set = useMutation({
    mutationFn: ({ ready, capacity, back }: { ready: boolean; capacity: number; back?: boolean }) =>
      setAvailability(ready, capacity, back ?? false),
    onSettled: () => queries.invalidateQueries({ queryKey: ['chats'] }),
  })
  const turn = () => set.mutate({ ready: !mine.ready, capacity: mine.capacity })
  useKeys([{ keys: 's c', text: 'chats.key.ready', group: 'chats.group', run: turn }])
  return (
    <Panel
      title={t('chats.availability')}
      extra={
        <strong className={mine.ready ? 'good' : 'warn'}>
          {t(mine.ready ? 'chats.ready' : 'chats.notready')}
        </strong>
      }
    >
      {set.isError && <p className="bad">{sentence(set.error, spoken)}</p>}
      <p className="row">
        <Button type={mine.ready ? 'default' : 'primary'} loading={set.isPending} onClick={turn}>
          {t(mine.ready ? 'chats.stop' : 'chats.start')}
        </Button>
        <label htmlFor="chat-capacity">{t('chats.capacity')}</label>
        <select
          id="chat-capacity"
          value={mine.capacity}
          onChange={(event) =>
            set.mutate({ ready: mine.ready, capacity: Number(event.target.value) })
          }
        >
          {Array.from({ length: Math.max(MOST, mine.capacity) }, (_, index) => (
            <option key={index} value={index + 1}>
              {index + 1}
            </option>
          ))}
        </select>
      </p>
      {mine.chats.length > 0 && (
        <Popconfirm
          title={t('chats.back.sure')}
          okText={t('app.confirm')}
          cancelText={t('app.cancel')}
          onConfirm={() => set.mutate({ ready: false, capacity: mine.capacity, back: true })}
        >
          <Button size="small" type="link">
            {t('chats.back')}
          </Button>
        </Popconfirm>
      )}
    </Panel>
  )
}
