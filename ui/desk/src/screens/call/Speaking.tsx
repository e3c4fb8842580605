/** Who complains: the caller, somebody for whom they call, several together, or nobody by name. */
import { useTexts } from '@/texts'
import { LineField, TextField } from '@/screens/complaints/fields'
import { choices, type Speaker, type SpeakerField } from './speaking'

interface Props {
  who: Speaker
  /** A holder of ours is served. */
  known: boolean
  /** What is to be typed anew; said once somebody tried to send it. */
  faults: readonly SpeakerField[]
  onChange: (who: Speaker) => void
}

export function Speaking({ who, known, faults, onChange }: Props) {
  const { t } = useTexts()
  const { speaks } = who
  const set = (change: Partial<Speaker>) => onChange({ ...who, ...change })
  const reached = speaks !== 'anonymous' && (!known || speaks === 'proxy')
  return (
    <fieldset>
      <legend>{t('complaint.call.who')}</legend>
      <span className="row">
        {choices(known).map((one) => (
          <label key={one} className="nowrap">
            <input
              type="radio"
              name="take-who"
              value={one}
              checked={speaks === one}
              onChange={() => set({ speaks: one })}
            />{' '}
            {t(known && one === 'self' ? 'complaint.call.who.holder' : `complaint.call.who.${one}`)}
          </label>
        ))}
      </span>
      <p className="quiet">
        {t(
          known && speaks === 'self'
            ? 'complaint.call.who.holder.hint'
            : `complaint.call.who.${speaks}.hint`,
        )}
      </p>
      {!known && speaks !== 'anonymous' && (
        <LineField
          id="take-name"
          label={t(speaks === 'proxy' ? 'complaint.call.principal' : 'complaint.call.name')}
          most={60}
          value={who.name}
          onChange={(name) => set({ name })}
        />
      )}
      {speaks === 'proxy' && (
        <>
          <LineField
            id="take-speaker"
            label={t('complaint.call.speaker')}
            most={60}
            value={who.speaker}
            onChange={(speaker) => set({ speaker })}
          />
          <p>
            <label>
              <input
                type="checkbox"
                checked={who.heir}
                onChange={(event) => set({ heir: event.target.checked })}
              />{' '}
              {t('complaint.call.heir')}
            </label>
          </p>
        </>
      )}
      {speaks === 'joint' && (
        <>
          <LineField
            id="take-people"
            label={t('complaint.call.people')}
            most={6}
            value={who.people}
            onChange={(people) => set({ people })}
          />
          <TextField
            id="take-representatives"
            label={t('complaint.call.representatives')}
            most={400}
            value={who.representatives}
            onChange={(representatives) => set({ representatives })}
          />
          <p>
            <label>
              <input
                type="checkbox"
                checked={who.inPerson}
                onChange={(event) => set({ inPerson: event.target.checked })}
              />{' '}
              {t('complaint.call.inperson')}
            </label>
          </p>
        </>
      )}
      {reached && (
        <div className="two">
          {(['phone', 'email', 'address'] as const).map((field) => (
            <LineField
              key={field}
              id={`take-${field}`}
              label={t(`complaint.${field}`)}
              most={field === 'address' ? 200 : 60}
              value={who[field]}
              onChange={(value) => set({ [field]: value })}
            />
          ))}
        </div>
      )}
      {faults.length > 0 && (
        <div role="alert">
          <ul className="why bad">
            {faults.map((field) => (
              <li key={field}>{t(`complaint.call.fault.${field}`)}</li>
            ))}
          </ul>
        </div>
      )}
    </fieldset>
  )
}
