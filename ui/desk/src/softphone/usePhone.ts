import { useSyncExternalStore } from 'react'
import { phone } from '@/app/parts'
import type { PhoneState } from './state'

export function usePhone(): PhoneState {
  return useSyncExternalStore(phone.subscribe, phone.snapshot)
}
