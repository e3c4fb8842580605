/** Fields that the forms of complaints have in common. */
import { Input } from 'antd'
import type { ComplaintWords } from '@/api/complaints'
import { useDraft } from '@/drafts/drafts'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

interface TextProps {
  id: string
  label: string
  value: string
  onChange: (value: string) => void
  rows?: number
  most?: number
}

export function TextField({ id, label, value, onChange, rows = 2, most = 8000 }: TextProps) {
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <Input.TextArea
        id={id}
        rows={rows}
        maxLength={most}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </p>
  )
}

export function LineField({ id, label, value, onChange, most = 200 }: TextProps) {
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <Input
        id={id}
        maxLength={most}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </p>
  )
}

interface PickProps {
  id: string
  label: string
  words: readonly ComplaintWords[]
  value: string
  onChange: (code: string) => void
}

export function Pick({ id, label, words, value, onChange }: PickProps) {
  const { t, language } = useTexts()
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t('call.wrapup.pick')}</option>
        {words.map((one) => (
          <option key={one.code} value={one.code}>
            {inLanguage(one, language)}
          </option>
        ))}
      </select>
    </p>
  )
}

interface CheckProps {
  legend: string
  words: readonly ComplaintWords[]
  value: readonly string[]
  onChange: (codes: string[]) => void
}

export function Checks({ legend, words, value, onChange }: CheckProps) {
  const { language } = useTexts()
  return (
    <fieldset className="plainset">
      <legend>{legend}</legend>
      <span className="row">
        {words.map((one) => (
          <label key={one.code} className="nowrap">
            <input
              type="checkbox"
              checked={value.includes(one.code)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...value, one.code]
                    : value.filter((each) => each !== one.code),
                )
              }
            />{' '}
            {inLanguage(one, language)}
          </label>
        ))}
      </span>
    </fieldset>
  )
}

/** Kept as it is typed, by complaint. */
export function useTyped(complaint: string, field: string) {
  return useDraft(`complaint ${complaint}`, field, '')
}
