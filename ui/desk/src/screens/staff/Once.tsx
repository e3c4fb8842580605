/** Keys that are shown once. */
import type { ShownOnce } from '@/api/staff'
import { Dialog } from '@/app/Dialog'
import { useTexts } from '@/texts'

const KEYS = ['password', 'token', 'phone_user', 'phone_password'] as const

export function Once({ shown, onClose }: { shown: ShownOnce | null; onClose: () => void }) {
  const { t } = useTexts()
  return (
    <Dialog
      open={shown !== null}
      title={shown?.number}
      okText={t('app.close')}
      cancelButtonProps={{ hidden: true }}
      onOk={onClose}
      onCancel={onClose}
      destroyOnHidden
    >
      <p>{t('staff.once')}</p>
      <dl className="facts">
        {shown &&
          KEYS.filter((key) => shown[key]).map((key) => (
            <div key={key}>
              <dt>{t(`staff.once.${key}`)}</dt>
              <dd>
                <code className="secret">{shown[key]}</code>
              </dd>
            </div>
          ))}
      </dl>
    </Dialog>
  )
}
