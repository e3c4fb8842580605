/** How a lead follows a talk: listens, whispers to the agent, joins. */
import { Button } from 'antd'
import { follow, type Following } from '@/api/calls'
import { useTexts } from '@/texts'
import { useDoing } from './useDoing'

const WAYS: readonly Following[] = ['listen', 'whisper', 'join']

/** `now`: how one follows it already. */
export function Ways({ interaction, now }: { interaction: string; now?: string | null }) {
  const { t } = useTexts()
  const doing = useDoing()
  return WAYS.map((how) => (
    <Button
      key={how}
      size="small"
      title={t(`lead.${how}.hint`)}
      aria-pressed={now === how}
      type={now === how ? 'primary' : 'default'}
      disabled={doing.busy}
      onClick={() => doing.start(() => follow(interaction, how))}
    >
      {t(`lead.${how}`)}
    </Button>
  ))
}
