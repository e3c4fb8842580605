/** Microphones and loudspeakers: which there are, which is chosen, and why one cannot be had. */

export interface Device {
  id: string
  name: string
}

/** `insecure`: the page came neither by HTTPS nor from this machine. */
export type MicrophoneProblem = 'refused' | 'missing' | 'busy' | 'insecure' | 'failed'

export class NoMicrophone extends Error {
  constructor(readonly problem: MicrophoneProblem) {
    super(`no microphone: ${problem}`)
  }
}

export function kept(kind: 'input' | 'output'): string {
  return localStorage.getItem(`audio-${kind}`) ?? ''
}

export function keep(kind: 'input' | 'output', id: string): void {
  localStorage.setItem(`audio-${kind}`, id)
}

export async function list(): Promise<{ inputs: Device[]; outputs: Device[] }> {
  if (!canHear()) return { inputs: [], outputs: [] }
  const found = await navigator.mediaDevices.enumerateDevices()
  const of = (kind: MediaDeviceKind) =>
    found
      .filter((one) => one.kind === kind && one.deviceId !== '')
      .map((one) => ({ id: one.deviceId, name: one.label || one.deviceId.slice(0, 8) }))
  return { inputs: of('audioinput'), outputs: of('audiooutput') }
}

export function canHear(): boolean {
  // Absent where the page is not trusted, whatever the types say.
  return (navigator.mediaDevices as MediaDevices | undefined) !== undefined
}

/** Open the microphone that was chosen, or another where it has gone. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!canHear()) throw new NoMicrophone('insecure')
  const chosen = kept('input')
  const wishes = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { ...wishes, ...(chosen ? { deviceId: { ideal: chosen } } : {}) },
    })
  } catch (error) {
    throw new NoMicrophone(problemOf(error))
  }
}

export function closeMicrophone(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed'
}

/** Tell the level of a microphone, 0 to 1, until the returned function is called. */
export function watchLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length
    // From -60 dB, which is a quiet room, to full scale.
    const level = power === 0 ? 0 : 1 + (10 * Math.log10(power)) / 60
    tell(Math.min(1, Math.max(0, level)))
  }, 80)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}
