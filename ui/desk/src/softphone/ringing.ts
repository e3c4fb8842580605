/** What is heard and seen when the phone rings, and the tone that tests a loudspeaker. */
import { kept } from './devices'

type Sink = AudioContext & { setSinkId: (id: string) => Promise<void> }

let context: AudioContext | null = null

/** Browsers let a page sound only after somebody has used it. */
export function allowSound(): void {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
}

function tone(at: number, seconds: number, hz: number): void {
  if (context === null) return
  const [gain, voice] = [context.createGain(), context.createOscillator()]
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.15, at + 0.02)
  gain.gain.setValueAtTime(0.15, at + seconds - 0.03)
  gain.gain.linearRampToValueAtTime(0, at + seconds)
  voice.frequency.value = hz
  voice.connect(gain).connect(context.destination)
  voice.start(at)
  voice.stop(at + seconds)
}

async function toChosenOutput(): Promise<void> {
  allowSound()
  // Not every browser can choose.
  if (context && 'setSinkId' in context)
    await (context as Sink).setSinkId(kept('output')).catch(() => undefined)
}

/** Sound three rising tones where calls will be heard. */
export async function testTone(): Promise<void> {
  await toChosenOutput()
  const now = context?.currentTime ?? 0
  for (const [index, hz] of [523, 659, 784].entries()) tone(now + index * 0.3, 0.25, hz)
}

/** Ring until the returned function is called: sound, title, and the page to the front. */
export function ringing(title: string): () => void {
  const before = document.title
  let on = false
  const once = () => {
    on = !on
    document.title = on ? title : before
    const now = context?.currentTime ?? 0
    if (on) for (const late of [0, 0.25]) tone(now + late, 0.2, 880)
  }
  void toChosenOutput().then(once)
  const timer = setInterval(once, 1000)
  window.focus()
  return () => {
    clearInterval(timer)
    document.title = before
  }
}
