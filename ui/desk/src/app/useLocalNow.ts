/** This machine's clock, for spans that began on this machine. */
import { useEffect, useState } from 'react'

export function useLocalNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
