/** Ready, not ready and why, and the end of a wrap-up. */
import { Button, Dropdown } from 'antd'
import { NOT_READY } from '@/api/routing'
import { useTexts } from '@/texts'
import type { MyState } from './useMyState'

interface Props {
  my: MyState
  size?: 'small'
}

export function StateButtons({ my, size }: Props) {
  const { t, word } = useTexts()
  const { me, busy } = my
  const small = size ? { size } : {}
  return (
    <>
      {me?.state === 'wrap-up' && (
        <Button {...small} loading={busy} onClick={my.endWrapUp}>
          {t('home.wrapup.end')}
        </Button>
      )}
      <Button
        {...small}
        type="primary"
        loading={busy}
        disabled={me?.state === 'ready'}
        onClick={() => my.ask('ready')}
      >
        {t('home.ready')}
      </Button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: NOT_READY.map((reason) => ({
            key: reason,
            label: word('reason', `not-ready.${reason}`),
            onClick: () => my.ask('not-ready', reason),
          })),
        }}
      >
        <Button {...small} aria-haspopup="menu" disabled={busy}>
          {t('home.notready')}
        </Button>
      </Dropdown>
    </>
  )
}
