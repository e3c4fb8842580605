/** A clock of this page that nobody can set, for spans that began here. */
import { useEffect, useState } from 'react'

export function useLocalNow(): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
