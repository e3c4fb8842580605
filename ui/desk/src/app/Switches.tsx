/** Language and look. */
import { Button } from 'antd'
import { useTexts } from '@/texts'
import { useSettings } from './settings'

export function Switches() {
  const { t, language } = useTexts()
  const { look, setLook, setLanguage } = useSettings()
  return (
    <>
      <Button
        type="text"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        title={t('language.switch.title')}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {t('language.switch')}
      </Button>
      <Button
        type="text"
        title={t('look.switch')}
        onClick={() => setLook(look === 'dark' ? 'light' : 'dark')}
      >
        {t(look === 'dark' ? 'look.light' : 'look.dark')}
      </Button>
    </>
  )
}
