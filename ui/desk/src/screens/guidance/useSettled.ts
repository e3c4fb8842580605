/** A value once it has stood still for a while; never in the middle of a composition. */
import { useEffect, useState } from 'react'

export function useSettled(value: string, ms: number, unsettled: boolean): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (unsettled) return
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms, unsettled])
  return settled
}
