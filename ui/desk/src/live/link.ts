/** The link over which the server tells what happened; it lives outside of React's tree. */
import { learn } from './clock'
import { after, step, type LiveMessage, type Place } from './resume'

/** Messages that are told as they happen, so that their time tells the server's clock. */
const AT_ONCE = new Set(['hello', 'ping'])
/** The session is over, or has no second factor: another try would be refused as well. */
const FOR_GOOD = new Set([4401, 4403])
const SILENCE_MS = 2500
const RETRY_MS = [250, 500, 1000, 2000, 3000]

export interface LinkState {
  is: 'off' | 'connecting' | 'up' | 'lost'
  /** When the last word came before it was lost, by a clock that nobody can set. */
  lostSince: number | null
  /** True from a reconnection until everything has been read again. */
  stale: boolean
}

type Listener = (message: LiveMessage) => void

export class Link {
  private state: LinkState = { is: 'off', lostSince: null, stale: false }
  private socket: WebSocket | null = null
  private place: Place | null = null
  private heard = 0
  private tries = 0
  private reading = false
  private refreshes = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private watch: ReturnType<typeof setInterval> | undefined
  private readonly watchers = new Set<() => void>()
  private readonly listeners = new Set<Listener>()

  constructor(
    private readonly address: string,
    private readonly reread: (what: 'all' | 'failed') => Promise<void>,
    private readonly ended: () => void,
  ) {}

  /** For `useSyncExternalStore`. */
  subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  snapshot = (): LinkState => this.state

  /** Hear every event that is to be acted on. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  start(): void {
    if (this.state.is !== 'off') return
    this.heard = performance.now()
    this.watch = setInterval(this.look, 250)
    addEventListener('online', this.again)
    document.addEventListener('visibilitychange', this.look)
    this.set({ is: 'connecting', lostSince: null })
    this.connect()
  }

  stop(): void {
    clearInterval(this.watch)
    clearTimeout(this.retry)
    removeEventListener('online', this.again)
    document.removeEventListener('visibilitychange', this.look)
    this.drop()
    this.place = null
    this.set({ is: 'off', lostSince: null, stale: false })
  }

  private connect(): void {
    const socket = new WebSocket(this.address + after(this.place))
    this.socket = socket
    socket.onmessage = (event) => {
      if (socket === this.socket) this.take(JSON.parse(String(event.data)) as LiveMessage)
    }
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return
      this.drop()
      if (FOR_GOOD.has(code)) {
        this.stop()
        this.ended()
        return
      }
      this.lose()
      this.later()
    }
  }

  private take(message: LiveMessage): void {
    const wasLost = this.state.is === 'lost'
    this.heard = performance.now()
    this.tries = 0
    const told = message.data as { at?: string; fresh?: boolean } | null
    if (told?.at !== undefined && AT_ONCE.has(message.kind)) learn(Date.parse(told.at))
    const { place, verdict } = step(this.place, message)
    this.place = place
    if (verdict === 'again') {
      this.again()
      return
    }
    if (this.state.is !== 'up')
      this.set({ is: 'up', lostSince: null, stale: wasLost || this.state.stale })
    if (verdict === 'apply') for (const listener of this.listeners) listener(message)
    if (verdict === 'reread') void this.refresh('all')
    // What was missed comes between the greeting and the first ping.
    else if (message.kind === 'ping' && told?.fresh === false) this.set({ stale: true })
    else if (message.kind === 'ping' && this.state.stale && !this.reading)
      void this.refresh('failed')
  }

  /** Read again: everything, or after a gap that events have filled, what could not be read. */
  private async refresh(what: 'all' | 'failed'): Promise<void> {
    const mine = ++this.refreshes
    this.reading = true
    await this.reread(what)
    if (mine !== this.refreshes) return
    this.reading = false
    if (this.state.is === 'up') this.set({ stale: false })
  }

  /** Timers sleep in hidden tabs, so this also runs when the tab is looked at. */
  private look = (): void => {
    if (this.socket !== null && performance.now() - this.heard > SILENCE_MS) {
      this.drop()
      this.lose()
      this.later()
    }
  }

  private lose(): void {
    if (this.state.is !== 'lost') this.set({ is: 'lost', lostSince: this.heard })
  }

  private later(): void {
    clearTimeout(this.retry)
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] ?? 3000
    this.tries += 1
    this.retry = setTimeout(this.again, wait * (0.8 + Math.random() * 0.4))
  }

  private again = (): void => {
    if (this.state.is === 'off') return
    clearTimeout(this.retry)
    this.drop()
    // A server that accepts and says nothing is as good as none: silence counts from here.
    this.heard = performance.now()
    this.connect()
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    if (socket !== null) {
      socket.onclose = null
      socket.close()
    }
  }

  private set(change: Partial<LinkState>): void {
    this.state = { ...this.state, ...change }
    for (const watcher of this.watchers) watcher()
  }
}
