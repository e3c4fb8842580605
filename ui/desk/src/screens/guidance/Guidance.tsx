/** Guidance as a screen of its own, for everybody on the staff. */
import { useTexts } from '@/texts'
import { Guide } from './Guide'

export default function Guidance() {
  const { t, language } = useTexts()
  return (
    <>
      <h1>{t('nav.knowledge')}</h1>
      <Guide key={language} language={language} about="guidance" wide />
    </>
  )
}
