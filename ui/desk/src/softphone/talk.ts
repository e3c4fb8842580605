/** The audio of one leg: one peer connection, made anew where it breaks. */
import { closeMicrophone, kept } from './devices'

/** Addresses of this machine come at once; on a busy one a little later. None: nobody can reach us. */
const GATHER_MS = 5000

export type MediaState = 'connecting' | 'connected' | 'broken'

/** Send our offer to the line and give its answer. */
export type Exchange = (sdp: string) => Promise<string>

export class Talk {
  private readonly peer = new RTCPeerConnection()
  private readonly sound = new Audio()
  private readonly sender: RTCRtpSender
  private ended = false

  constructor(
    readonly leg: string,
    private stream: MediaStream,
    private readonly tell: (state: MediaState) => void,
  ) {
    const [track] = stream.getAudioTracks()
    if (track === undefined) throw new Error('a microphone without a track')
    this.sender = this.peer.addTrack(track, stream)
    this.sound.autoplay = true
    this.peer.ontrack = ({ track: heard }) => {
      this.sound.srcObject = new MediaStream([heard])
    }
    this.peer.onconnectionstatechange = () => {
      const state = this.peer.connectionState
      if (this.ended || state === 'closed') return
      if (state === 'connected') this.tell('connected')
      if (state === 'failed' || state === 'disconnected') this.tell('broken')
    }
  }

  /** Offer, exchange, connect. Raises what the exchange raises. */
  async join(exchange: Exchange): Promise<void> {
    this.tell('connecting')
    void this.useOutput()
    await this.peer.setLocalDescription(await this.peer.createOffer())
    await this.gathered()
    const answer = await exchange(this.peer.localDescription?.sdp ?? '')
    if (!this.ended) await this.peer.setRemoteDescription({ type: 'answer', sdp: answer })
  }

  get muted(): boolean {
    return this.sender.track?.enabled === false
  }

  mute(muted: boolean): void {
    if (this.sender.track) this.sender.track.enabled = !muted
  }

  /** Press a key towards whoever is on the other side. */
  press(key: string): void {
    this.sender.dtmf?.insertDTMF(key, 120, 70)
  }

  /** Go on with another microphone; muted stays muted. */
  async useInput(stream: MediaStream): Promise<void> {
    const [track] = stream.getAudioTracks()
    if (track === undefined) return
    track.enabled = !this.muted
    await this.sender.replaceTrack(track)
    closeMicrophone(this.stream)
    this.stream = stream
  }

  async useOutput(): Promise<void> {
    // Not every browser can choose.
    if ('setSinkId' in this.sound) await this.sound.setSinkId(kept('output')).catch(() => undefined)
  }

  /** Let go of everything. The call itself is the server's business. */
  end(): void {
    this.ended = true
    this.peer.close()
    this.sound.srcObject = null
    closeMicrophone(this.stream)
  }

  /** All candidates belong into the one offer that we send. */
  private async gathered(): Promise<void> {
    if (this.peer.iceGatheringState === 'complete') return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, GATHER_MS)
      this.peer.onicegatheringstatechange = () => {
        if (this.peer.iceGatheringState !== 'complete') return
        clearTimeout(late)
        resolve()
      }
    })
  }
}
