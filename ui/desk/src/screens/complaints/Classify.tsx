/** What it is about: suggested with the words that say so, and always confirmed by hand. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { suggestionsQuery, type Catalogue, type Suggestion, type Whole } from '@/api/complaints'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Checks, Pick } from './fields'
import { StepForm, useOn } from './step'

type Field = 'product' | 'issue' | 'severity'
const SEVERITIES = ['low', 'middle', 'high', 'major'] as const

export function Classify({ one, words }: { one: Whole; words: Catalogue }) {
  const { t, word } = useTexts()
  const { row } = one
  const { data: found } = useQuery(suggestionsQuery(`${one.statement}\n${one.demand}`))
  const [typed, setTyped] = useState({
    product: row.product,
    issue: row.issue,
    severity: row.severity ?? '',
  })
  const [causes, setCauses] = useState<string[]>(one.causes)
  const [subjects, setSubjects] = useState<string[]>(row.subjects)
  const classify = useOn(row.id, 'classify', {
    ...typed,
    causes,
    subjects,
    persons: one.persons,
  })
  const set = (field: Field, code: string) => setTyped((before) => ({ ...before, [field]: code }))
  const whole = typed.product && typed.issue && typed.severity && causes.length > 0
  const options = (field: Field) => {
    if (field === 'severity')
      return SEVERITIES.map((code) => {
        const name = word('complaint.severity', code)
        return { code, zh: name, en: name }
      })
    const named = found?.[field].candidates ?? []
    const known = named.some((each) => each.code === typed[field]) || !typed[field]
    return known ? named : [...named, { code: typed[field], zh: typed[field], en: typed[field] }]
  }
  return (
    <StepForm
      step={classify}
      submit={t('complaint.classify')}
      ready={Boolean(whole && subjects.length > 0)}
    >
      <h3>{t('complaint.classify')}</h3>
      <p className="quiet">{t('complaint.classify.hint')}</p>
      {(['product', 'issue', 'severity'] as const).map((field) => (
        <div key={field}>
          <Pick
            id={`classify-${field}`}
            label={t(`complaint.${field}`)}
            words={options(field)}
            value={typed[field]}
            onChange={(code) => set(field, code)}
          />
          {found && (
            <Suggested found={found[field]} field={field} onUse={(code) => set(field, code)} />
          )}
        </div>
      ))}
      <Checks
        legend={t('complaint.subjects')}
        words={words.subjects}
        value={subjects}
        onChange={setSubjects}
      />
      <Checks
        legend={t('complaint.causes')}
        words={words.causes}
        value={causes}
        onChange={setCauses}
      />
    </StepForm>
  )
}

interface SuggestedProps {
  found: Suggestion
  field: Field
  onUse: (code: string) => void
}

function Suggested({ found, field, onUse }: SuggestedProps) {
  const { t, word, language } = useTexts()
  if (!found.code) return <p className="quiet">{t('complaint.suggested.none')}</p>
  const named = found.candidates.find((one) => one.code === found.code)
  const name =
    field === 'severity'
      ? word('complaint.severity', found.code)
      : named
        ? inLanguage(named, language)
        : found.code
  return (
    <p className="row">
      <span className="quiet">
        {t('complaint.suggested', { name })}{' '}
        {found.words.length > 0 &&
          t('complaint.suggested.words', { words: found.words.join(t('app.and')) })}
      </span>
      <Button
        size="small"
        aria-label={`${t('complaint.suggested.use')} ${name}`}
        onClick={() => onUse(found.code)}
      >
        {t('complaint.suggested.use')}
      </Button>
    </p>
  )
}
