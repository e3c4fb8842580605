/** A day, or a day and a time, in the language of the page and the zone of the bank. */
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'

interface Props {
  id?: string
  label?: string
  /** As the clock on the bank's wall shows it: `2026-11-26`, with a time `2026-11-26T20:53`. */
  value: string
  time?: boolean
  onChange: (value: string) => void
}

export function DateField({ id, label, value, time = false, onChange }: Props) {
  const kept = time ? 'YYYY-MM-DDTHH:mm' : 'YYYY-MM-DD'
  return (
    <DatePicker
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label } : {})}
      format={time ? 'YYYY-MM-DD HH:mm' : 'YYYY-MM-DD'}
      showTime={time ? { format: 'HH:mm' } : false}
      // "Now" would be this machine's.
      showNow={false}
      needConfirm={false}
      value={value ? dayjs(value) : null}
      onChange={(chosen) => onChange(chosen ? chosen.format(kept) : '')}
    />
  )
}
