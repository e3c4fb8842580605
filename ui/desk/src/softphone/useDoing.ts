/** Do something of the phone; a refusal becomes a sentence. */
import { App as Messages } from 'antd'
import { useState } from 'react'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'

export function useDoing(): { busy: boolean; start: (work: () => Promise<unknown>) => void } {
  const spoken = useTexts()
  const { message } = Messages.useApp()
  const [busy, setBusy] = useState(false)
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true)
    try {
      await work()
      await queries.invalidateQueries({ queryKey: ['calls'] })
    } catch (error) {
      void message.error(sentence(error, spoken))
    } finally {
      setBusy(false)
    }
  }
  return { busy, start: (work) => void run(work) }
}
