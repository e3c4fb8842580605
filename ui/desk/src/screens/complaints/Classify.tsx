/** What it is about: suggested with the words that say so, and always confirmed by hand. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import {
  suggestionsQuery,
  type Catalogue,
  type ComplaintWords,
  type Suggestion,
  type Whole,
} from '@/api/complaints'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Checks, LineField, Pick } from './fields'
import { numbersIn } from './moves'
import { StepForm, useOn } from './step'

type Field = 'product' | 'issue' | 'severity'

interface Props {
  one: Whole
  words: Catalogue
}

/** What was confirmed, in a line; before that, or to change it, the form. */
export function Classified({ one, words }: Props) {
  const { t, language } = useTexts()
  const { row } = one
  const known = Boolean(row.product && row.issue && one.causes.length > 0)
  const [open, setOpen] = useState(false)
  if (!known || open) return <Classify one={one} words={words} onDone={() => setOpen(false)} />
  const named = (list: readonly ComplaintWords[], codes: readonly string[]) =>
    codes
      .map((code) => {
        const found = list.find((each) => each.code === code)
        return found ? inLanguage(found, language) : code
      })
      .join(t('app.and'))
  const facts: [string, string][] = [
    [t('complaint.product'), named(words.products, [row.product])],
    [t('complaint.issue'), named(words.issues, [row.issue])],
    [t('complaint.severity'), named(words.severities, row.severity ? [row.severity] : [])],
    [t('complaint.causes'), named(words.causes, one.causes)],
  ]
  return (
    <>
      <h3>{t('complaint.classified')}</h3>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('complaint.classify.change')}
      </Button>
    </>
  )
}

function Classify({ one, words, onDone }: Props & { onDone: () => void }) {
  const { t } = useTexts()
  const { row } = one
  const { data: found } = useQuery(suggestionsQuery(`${one.statement}\n${one.demand}`))
  const [typed, setTyped] = useState({
    product: row.product,
    issue: row.issue,
    severity: row.severity ?? '',
  })
  const [causes, setCauses] = useState<string[]>(one.causes)
  const [subjects, setSubjects] = useState<string[]>(row.subjects)
  const [persons, setPersons] = useState(one.persons.join(' '))
  const classify = useOn(
    row.id,
    'classify',
    { ...typed, causes, subjects, persons: numbersIn(persons) },
    onDone,
  )
  const set = (field: Field, code: string) => setTyped((before) => ({ ...before, [field]: code }))
  const whole = typed.product && typed.issue && typed.severity && causes.length > 0
  const options = (field: Field) => {
    if (field === 'severity') return words.severities
    return field === 'product' ? words.products : words.issues
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
            <Suggested
              found={found[field]}
              words={options(field)}
              onUse={(code) => set(field, code)}
            />
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
      <LineField
        id="classify-persons"
        label={t('complaint.classify.persons')}
        most={100}
        value={persons}
        onChange={setPersons}
      />
    </StepForm>
  )
}

interface SuggestedProps {
  found: Suggestion
  words: readonly ComplaintWords[]
  onUse: (code: string) => void
}

function Suggested({ found, words, onUse }: SuggestedProps) {
  const { t, language } = useTexts()
  if (!found.code) return <p className="quiet">{t('complaint.suggested.none')}</p>
  const named = words.find((one) => one.code === found.code)
  const name = named ? inLanguage(named, language) : found.code
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
