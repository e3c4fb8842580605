/** The phone of this tab. It lives outside of React's tree, so no screen can end a call. */
import { control, softphone as line, type CallView } from '@/api/calls'
import { Refusal } from '@/api/client'
import { canHear, closeMicrophone, keep, kept, list, NoMicrophone, openMicrophone } from './devices'
import { allowSound, ringing } from './ringing'
import { NOTHING, type PhoneState } from './state'
import { tabName } from './tab'
import { Talk } from './talk'

const HEARTBEAT_MS = 5000
const REJOIN_MS = [0, 1000, 2000, 4000]
/** A short gap heals by itself; a longer one needs a new connection. */
const BROKEN_MS = 3000
const HELD = 'phone-held'
/** The leg ended while its sound was being made: nothing is wrong here, and nothing is left. */
const GONE = new Set(['leg-gone', 'not-found'])
const GONE_MS = 8000

export class Softphone {
  private state: PhoneState = { ...NOTHING, input: kept('input'), output: kept('output') }
  private talk: Talk | null = null
  private joining: string | null = null
  private tries = 0
  private quiet: (() => void) | null = null
  private beat: ReturnType<typeof setInterval> | undefined
  private mend: ReturnType<typeof setTimeout> | undefined
  private readonly watchers = new Set<() => void>()
  /** What the title says while it rings; set by the page, which knows the language. */
  title = ''
  /** Read again in which call one is; set by the page, which keeps what was read. */
  readCall: () => void = () => undefined

  subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  snapshot = (): PhoneState => this.state

  /** True where this tab was the phone before it was reloaded. */
  get wasHeld(): boolean {
    return sessionStorage.getItem(HELD) === 'yes'
  }

  /** Make this tab the phone; gives its name. Raises `Refusal` `other-tab` where another is. */
  async take(takeOver = false): Promise<string> {
    this.set({ held: 'taking', problem: null })
    try {
      const { phone, calls } = await line.take(await tabName(), takeOver)
      sessionStorage.setItem(HELD, 'yes')
      this.set({ held: 'here', phone })
      this.listen()
      await this.listDevices()
      this.see(calls[0] ?? null)
      return phone
    } catch (error) {
      const elsewhere = error instanceof Refusal && error.code === 'other-tab'
      this.set({ held: elsewhere ? 'elsewhere' : 'none', problem: codeOf(error) })
      throw error
    }
  }

  async letGo(): Promise<void> {
    if (this.state.held === 'here') await line.letGo(await tabName()).catch(() => undefined)
    this.lose('none')
  }

  /** As `see`, where it is news. */
  hear(call: CallView | null): void {
    if (call !== this.state.call) this.see(call)
  }

  /** What the server says of the call in which we ring or are; null where there is none. */
  see(call: CallView | null): void {
    const before = this.state.call
    this.set({ call })
    const leg = call?.my_leg ?? null
    if (this.talk && this.talk.leg !== leg) this.hush()
    if (leg !== before?.my_leg) this.set({ answering: false, problem: null })
    if (this.state.held !== 'here') return
    if (call?.my_presence === 'ringing') this.ring()
    else this.stopRinging()
    // In a call without sound: this page was reloaded, or took the phone over.
    if (leg && call?.my_presence !== 'ringing' && !this.talk) void this.join(leg)
  }

  async answer(): Promise<void> {
    const leg = this.state.call?.my_leg
    if (!leg || this.state.call?.my_presence !== 'ringing' || this.state.answering) return
    this.set({ answering: true, problem: null })
    await this.join(leg)
  }

  async decline(): Promise<void> {
    const leg = this.state.call?.my_leg
    if (!leg) return
    this.stopRinging()
    await line.decline(leg, await tabName())
  }

  async hangUp(): Promise<void> {
    if (this.state.call) await control(this.state.call.interaction, 'hangup')
  }

  mute(muted: boolean): void {
    this.talk?.mute(muted)
    this.set({ muted })
  }

  press(key: string): void {
    this.talk?.press(key)
  }

  async chooseInput(id: string): Promise<void> {
    keep('input', id)
    this.set({ input: id })
    await this.newInput()
  }

  async chooseOutput(id: string): Promise<void> {
    keep('output', id)
    this.set({ output: id })
    await this.talk?.useOutput()
  }

  async listDevices(): Promise<void> {
    this.set(await list())
  }

  // ---------------------------------------------------------------- sound

  private async join(leg: string): Promise<void> {
    if (this.joining === leg) return
    this.joining = leg
    clearTimeout(this.mend)
    const answered = this.state.answering
    try {
      const stream = await openMicrophone()
      if (!this.isIn(leg)) {
        closeMicrophone(stream)
        throw new Error('the call ended while the microphone opened')
      }
      this.hush()
      const talk: Talk = new Talk(leg, stream, (media) => this.heard(talk, media))
      this.talk = talk
      talk.mute(this.state.muted)
      this.set({ microphone: null })
      void this.listDevices()
      const tab = await tabName()
      await talk.join(async (sdp) => (await line.answer(leg, tab, sdp)).sdp)
      this.stopRinging()
    } catch (error) {
      this.failed(leg, error, answered)
    } finally {
      if (this.joining === leg) this.joining = null
    }
  }

  private isIn(leg: string): boolean {
    return this.state.call?.my_leg === leg
  }

  private failed(leg: string, error: unknown, answered: boolean): void {
    const gone = error instanceof Refusal && GONE.has(error.code)
    const ringing = this.state.call?.my_presence === 'ringing'
    if (this.talk?.leg === leg) this.hush()
    if (this.isIn(leg)) this.set({ answering: false })
    if (error instanceof NoMicrophone) {
      this.set({ microphone: error.problem })
      return
    }
    if (!this.isIn(leg) || (gone && ringing)) {
      // Whoever comes back from a reload was in the call, and knows that it is over.
      if (answered) this.sayGone()
      return
    }
    if (gone) this.readCall()
    else this.set({ problem: codeOf(error) })
    if (!ringing) this.joinAgain(leg)
  }

  private sayGone(): void {
    this.set({ problem: 'leg-gone' })
    setTimeout(this.forgetGone, GONE_MS)
  }

  private forgetGone = (): void => {
    if (this.state.problem === 'leg-gone') this.set({ problem: null })
  }

  private heard(talk: Talk, media: PhoneState['media']): void {
    if (talk !== this.talk) return
    this.set({ media })
    clearTimeout(this.mend)
    if (media === 'connected') {
      this.tries = 0
      this.set({ answering: false, problem: null })
    }
    if (media === 'broken') this.mend = setTimeout(() => this.joinAgain(talk.leg), BROKEN_MS)
  }

  private joinAgain(leg: string): void {
    clearTimeout(this.mend)
    const wait = REJOIN_MS[Math.min(this.tries, REJOIN_MS.length - 1)] ?? 4000
    this.tries += 1
    this.mend = setTimeout(() => {
      if (this.state.held === 'here' && this.state.call?.my_leg === leg) void this.join(leg)
    }, wait)
  }

  private hush(): void {
    this.talk?.end()
    this.talk = null
    this.set({ media: null })
  }

  private async newInput(): Promise<void> {
    if (!this.talk) return
    try {
      await this.talk.useInput(await openMicrophone())
      this.set({ microphone: null })
    } catch (error) {
      if (error instanceof NoMicrophone) this.set({ microphone: error.problem })
    }
  }

  private ring(): void {
    this.quiet ??= ringing(this.title)
  }

  private stopRinging(): void {
    this.quiet?.()
    this.quiet = null
  }

  // ---------------------------------------------------------------- the tab and the machine

  private listen(): void {
    this.unlisten()
    this.beat = setInterval(() => void this.heartbeat(), HEARTBEAT_MS)
    if (canHear()) navigator.mediaDevices.addEventListener('devicechange', this.onDevices)
    addEventListener('online', this.onNetwork)
    addEventListener('pointerdown', allowSound)
    addEventListener('keydown', allowSound)
  }

  private unlisten(): void {
    clearInterval(this.beat)
    if (canHear()) navigator.mediaDevices.removeEventListener('devicechange', this.onDevices)
    removeEventListener('online', this.onNetwork)
    removeEventListener('pointerdown', allowSound)
    removeEventListener('keydown', allowSound)
  }

  /** Another tab has taken the phone: this one must fall silent. */
  tabIs = async (tab: string): Promise<void> => {
    if (this.state.held === 'here' && tab !== (await tabName())) this.lose('elsewhere')
  }

  private async heartbeat(): Promise<void> {
    try {
      await line.alive(await tabName())
    } catch (error) {
      if (error instanceof Refusal && error.code === 'other-tab') this.lose('elsewhere')
    }
  }

  private lose(held: PhoneState['held']): void {
    sessionStorage.removeItem(HELD)
    this.unlisten()
    this.stopRinging()
    this.hush()
    clearTimeout(this.mend)
    this.set({ held, phone: '' })
  }

  private onDevices = (): void => {
    void this.listDevices().then(() => {
      const gone = this.state.input && !this.state.inputs.some((one) => one.id === this.state.input)
      if (gone || this.state.microphone !== null) void this.newInput()
    })
  }

  /** Another network: the old way to the line is gone, whatever the connection still believes. */
  private onNetwork = (): void => {
    if (this.talk) this.joinAgain(this.talk.leg)
  }

  private set(change: Partial<PhoneState>): void {
    this.state = { ...this.state, ...change }
    for (const watcher of this.watchers) watcher()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Refusal ? error.code : 'sound-failed'
}
