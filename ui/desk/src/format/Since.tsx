/** A duration that counts, by the server's clock. */
import { useEffect, useState } from 'react'
import { serverNow } from '@/live/clock'
import { duration } from './format'

export function useServerNow(everyMs = 1000): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

export function Since({ at }: { at: string }) {
  return <span className="figures">{duration(useServerNow() - Date.parse(at))}</span>
}

export function Until({ at }: { at: string }) {
  return <span className="figures">{duration(Date.parse(at) - useServerNow())}</span>
}
