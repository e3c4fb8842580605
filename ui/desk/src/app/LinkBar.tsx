/** Whether what is shown is true now: a bar when the link is gone or the page is behind. */
import { useSyncExternalStore } from 'react'
import { useTexts } from '@/texts'
import { useLocalNow } from './useLocalNow'
import { link } from './parts'

export function useLink() {
  return useSyncExternalStore(link.subscribe, link.snapshot)
}

export function LinkBar() {
  const { t } = useTexts()
  const { is, lostSince, stale } = useLink()
  if (is === 'lost')
    return (
      <div role="alert" className="bar lost">
        <Lost since={lostSince ?? 0} />
      </div>
    )
  if (stale && is === 'up')
    return (
      <div role="status" className="bar stale">
        {t('link.stale')}
      </div>
    )
  return null
}

function Lost({ since }: { since: number }) {
  const { t } = useTexts()
  const seconds = Math.max(0, Math.floor((useLocalNow() - since) / 1000))
  return <>{t('link.lost', { seconds })}</>
}
