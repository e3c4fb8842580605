/** Keys for whoever is on the other side: menus of other firms. Made in the browser. */
import { Button, Popover } from 'antd'
import { useState } from 'react'
import { phone } from '@/app/parts'
import { useTexts } from '@/texts'

const KEYS = '1 2 3 4 5 6 7 8 9 * 0 #'.split(' ')

export function Keypad() {
  const { t } = useTexts()
  const [sent, setSent] = useState('')
  const press = (key: string) => {
    phone.press(key)
    setSent((before) => (before + key).slice(-12))
  }
  const pad = (
    <div>
      <output className="figures keypad-sent">{sent}</output>
      <div className="keypad">
        {KEYS.map((key) => (
          <Button key={key} onClick={() => press(key)}>
            {key}
          </Button>
        ))}
      </div>
    </div>
  )
  return (
    <Popover content={pad} trigger="click" placement="bottom" onOpenChange={() => setSent('')}>
      <Button size="small" aria-haspopup="dialog">
        {t('phone.keys')}
      </Button>
    </Popover>
  )
}
