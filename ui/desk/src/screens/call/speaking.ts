/** Who complains on the telephone, and what is still wrong with how it was typed. Pure. */
import type { View } from '@/api/client'

export type Speaks = 'self' | 'proxy' | 'joint' | 'anonymous'

export interface Speaker {
  speaks: Speaks
  /** Whom it concerns; of a holder the bank knows. */
  name: string
  phone: string
  email: string
  address: string
  /** The caller's own name, where it concerns somebody else. */
  speaker: string
  heir: boolean
  people: string
  /** Those who speak for several, one a line. */
  representatives: string
  inPerson: boolean
}

export const NOBODY: Speaker = {
  speaks: 'self',
  name: '',
  phone: '',
  email: '',
  address: '',
  speaker: '',
  heir: false,
  people: '',
  representatives: '',
  inPerson: false,
}

/** Who may be chosen: a holder who is known has a name. */
export function choices(known: boolean): readonly Speaks[] {
  return known ? ['self', 'proxy', 'joint'] : ['self', 'proxy', 'joint', 'anonymous']
}

export type SpeakerField = 'phone' | 'email' | 'speaker' | 'people' | 'representatives'

const PHONE = /^\+?\d{7,15}$/
const EMAIL = /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/

/** What cannot be as it was typed; what was left empty and is not needed is no fault. */
export function faultsOf(who: Speaker, known: boolean): readonly SpeakerField[] {
  const faults: SpeakerField[] = []
  const reached = who.speaks !== 'anonymous' && (!known || who.speaks === 'proxy')
  const phone = who.phone.replace(/[\s()-]/g, '')
  if (reached && phone && !PHONE.test(phone)) faults.push('phone')
  if (reached && who.email.trim() && !EMAIL.test(who.email.trim())) faults.push('email')
  if (who.speaks === 'proxy' && !who.speaker.trim()) faults.push('speaker')
  if (who.speaks !== 'joint') return faults
  const speaking = linesOf(who.representatives)
  const people = Number(who.people)
  const enough = /^\d{1,6}$/.test(who.people.trim()) && people >= Math.max(2, speaking.length)
  if (!enough) faults.push('people')
  if (speaking.length === 0) faults.push('representatives')
  return faults
}

type Body = Pick<View['ComplaintTakenBody'], 'name' | 'identity_tail' | 'reach' | 'proxy' | 'joint'>

/** What the server is told; what belongs to another choice is left aside. */
export function bodyOf(who: Speaker, known: boolean): Body {
  const empty = { phone: '', email: '', address: '' }
  const typed = {
    phone: who.phone.trim(),
    email: who.email.trim(),
    address: who.address.trim(),
  }
  const named = who.speaks !== 'anonymous' && !known
  const proxy = { name: who.speaker.trim(), reach: typed, heir: who.heir }
  return {
    name: named ? who.name.trim() : '',
    identity_tail: '',
    reach: named ? typed : empty,
    proxy: who.speaks === 'proxy' ? proxy : null,
    joint:
      who.speaks === 'joint'
        ? {
            people: Number(who.people),
            representatives: linesOf(who.representatives),
            in_person: who.inPerson,
          }
        : null,
  }
}

function linesOf(typed: string): string[] {
  return typed
    .split(/[\n,，、;；]+/)
    .map((one) => one.trim())
    .filter(Boolean)
}
