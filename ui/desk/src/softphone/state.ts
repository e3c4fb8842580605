/** What the phone of this tab shows: what the server says of the call, and what the audio does. */
import type { CallView } from '@/api/calls'
import type { Device, MicrophoneProblem } from './devices'
import type { MediaState } from './talk'

export interface PhoneState {
  /** `elsewhere`: another tab is the phone. `none`: nobody has taken it here. */
  held: 'none' | 'taking' | 'here' | 'elsewhere'
  /** How the line names this phone, once it is taken. */
  phone: string
  call: CallView | null
  /** Of the audio of this tab; null where it has no part in a call. */
  media: MediaState | null
  muted: boolean
  answering: boolean
  microphone: MicrophoneProblem | null
  /** A code of the server, where something was refused. */
  problem: string | null
  inputs: Device[]
  outputs: Device[]
  input: string
  output: string
}

export const NOTHING: PhoneState = {
  held: 'none',
  phone: '',
  call: null,
  media: null,
  muted: false,
  answering: false,
  microphone: null,
  problem: null,
  inputs: [],
  outputs: [],
  input: '',
  output: '',
}

/** What one sees of a call: one word for each thing that can be the case. */
export type Shown = 'idle' | 'ringing' | 'joining' | 'broken' | CallView['mode'] | 'away'

export function shown({ call, media, held, answering }: PhoneState): Shown {
  if (call === null || call.my_presence === null) return 'idle'
  if (call.my_presence === 'ringing') return answering ? 'joining' : 'ringing'
  if (held === 'here' && media === 'broken') return 'broken'
  if (held === 'here' && media === 'connecting') return 'joining'
  return call.my_presence === 'away' ? 'away' : call.mode
}
