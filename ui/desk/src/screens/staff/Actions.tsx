/** What may be done about somebody; each asks once more, for all of it cuts somebody off. */
import { App as Messages, Button, Dropdown } from 'antd'
import { sentence } from '@/api/sentences'
import {
  endSessions,
  forgetSecondFactor,
  letGo,
  newPassword,
  renewKeys,
  type ShownOnce,
  type StaffRow,
} from '@/api/staff'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'

const WORK = {
  password: newPassword,
  renewal: renewKeys,
  factor: forgetSecondFactor,
  sessions: endSessions,
  leave: letGo,
} as const

type Act = keyof typeof WORK
const ACTS = Object.keys(WORK) as Act[]

interface Props {
  person: StaffRow
  onEdit: () => void
  onOnce: (shown: ShownOnce) => void
}

export function Actions({ person, onEdit, onOnce }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const { modal, message } = Messages.useApp()
  const run = async (act: Act) => {
    try {
      const told: unknown = await WORK[act](person.number)
      if (act === 'password' || act === 'renewal') onOnce(told as ShownOnce)
      else void message.success(t('staff.done'))
      await queries.invalidateQueries({ queryKey: ['staff'] })
    } catch (error) {
      void message.error(sentence(error, spoken))
    }
  }
  const ask = (act: Act) =>
    modal.confirm({
      title: t('staff.sure', { name: person.name, what: t(`staff.${act}`) }),
      okText: t('app.confirm'),
      cancelText: t('app.cancel'),
      okButtonProps: { danger: act === 'leave' },
      onOk: () => run(act),
    })
  return (
    <span className="row">
      <Button size="small" onClick={onEdit}>
        {t('staff.edit')}
      </Button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: ACTS.map((act) => ({
            key: act,
            label: t(`staff.${act}`),
            danger: act === 'leave',
            onClick: () => void ask(act),
          })),
        }}
      >
        <Button size="small" aria-haspopup="menu" aria-label={`${t('app.more')} ${person.name}`}>
          {t('app.more')}
        </Button>
      </Dropdown>
    </span>
  )
}
