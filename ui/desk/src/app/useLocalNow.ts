/** A clock of this page that nobody can set, for spans that began here. */
import { useEffect, useState } from 'react'

const now = () => performance.now()

export function useLocalNow(): number {
  const [shown, setShown] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setShown(now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return shown
}
