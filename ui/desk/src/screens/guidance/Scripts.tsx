/** What is said for one kind of matter, in its order; steps are ticked as they are done. */
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { scriptsQuery, type ScriptView } from '@/api/guidance'
import { sentence } from '@/api/sentences'
import { useMe } from '@/app/me'
import { useDraft } from '@/drafts/drafts'
import { fill, useTexts, type Language } from '@/texts'

interface Props {
  language: Language
  about: string
  matter: string
  onRead: (article: string) => void
}

export function Scripts({ language, about, matter, onRead }: Props) {
  const spoken = useTexts()
  const { t, word } = spoken
  const { data, error } = useQuery(scriptsQuery(language))
  const [chosen, setChosen] = useState(matter)
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  const script = data.scripts.find((one) => one.matter === chosen) ?? data.scripts[0]
  return (
    <>
      <p className="field">
        <label htmlFor="guide-matter">{t('guide.matter')}</label>
        <select
          id="guide-matter"
          value={script?.matter ?? ''}
          onChange={(event) => setChosen(event.target.value)}
        >
          {data.scripts.map((one) => (
            <option key={one.matter} value={one.matter}>
              {word('matter', one.matter)}
            </option>
          ))}
        </select>
      </p>
      {script && <Script key={script.matter} script={script} about={about} onRead={onRead} />}
    </>
  )
}

interface ScriptProps {
  script: ScriptView
  about: string
  onRead: (article: string) => void
}

function Script({ script, about, onRead }: ScriptProps) {
  const { t } = useTexts()
  const me = useMe()
  const [done, setDone] = useDraft<number[]>(about, `script-${script.matter}`, [])
  const said = (text: string) => fill(text, { agent: me.name, number: me.number })
  const lines = [
    script.opening,
    script.identification,
    ...script.steps,
    script.anything_else,
    script.read_back,
  ]
  const tick = (index: number) =>
    setDone(done.includes(index) ? done.filter((one) => one !== index) : [...done, index])
  return (
    <div lang={script.language === 'zh' ? 'zh-CN' : 'en'}>
      <ol className="list steps">
        {lines.map((line, index) => (
          <li key={index}>
            <Checkbox checked={done.includes(index)} onChange={() => tick(index)}>
              {said(line)}
            </Checkbox>
          </li>
        ))}
      </ol>
      <p className="row">
        {script.articles.map((one) => (
          <Button key={one} size="small" onClick={() => onRead(one)}>
            {t('guide.article')} {one}
          </Button>
        ))}
      </p>
    </div>
  )
}
