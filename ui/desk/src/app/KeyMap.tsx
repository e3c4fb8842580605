/** The map of the keys that are live, opened by `?`. */
import { Dialog } from '@/app/Dialog'
import { useKeyMap, type Key } from '@/keys/useKeys'
import { useTexts, type TextKey } from '@/texts'

export function KeyMap({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTexts()
  const groups = new Map<TextKey, Key[]>()
  for (const key of useKeyMap()) {
    const group = key.group ?? 'keys.everywhere'
    groups.set(group, [...(groups.get(group) ?? []), key])
  }
  return (
    <Dialog open={open} title={t('keys.title')} footer={null} onCancel={onClose} width={640}>
      <p className="quiet">{t('keys.hint')}</p>
      <div className="keymap">
        {[...groups].map(([group, keys]) => (
          <section key={group}>
            <h3>{t(group)}</h3>
            <dl>
              {keys.map((key) => (
                <div key={key.keys}>
                  <dt>
                    {key.keys.split(' ').map((one) => (
                      <kbd key={one}>{spelled(one)}</kbd>
                    ))}
                  </dt>
                  <dd>{t(key.text)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

/** `ctrl+Enter` as it stands on keyboards. */
function spelled(keys: string): string {
  return keys
    .split('+')
    .map((one) => one.charAt(0).toUpperCase() + one.slice(1))
    .join(' + ')
}
