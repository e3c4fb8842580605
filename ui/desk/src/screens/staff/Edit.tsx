/** Add somebody, or change role, matters and languages. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Checkbox, Input } from 'antd'
import { useId, useState } from 'react'
import { queuesQuery } from '@/api/routing'
import { sentence } from '@/api/sentences'
import { addStaff, setRole, setSkills, type ShownOnce, type StaffRow } from '@/api/staff'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { useTexts } from '@/texts'

const ROLES: readonly StaffRow['role'][] = [
  'agent',
  'lead',
  'quality',
  'compliance',
  'administrator',
]
const LANGUAGES: StaffRow['languages'] = ['zh', 'en']

interface Props {
  person: StaffRow | null
  onOnce: (shown: ShownOnce) => void
  onClose: () => void
}

export function Edit({ person, onOnce, onClose }: Props) {
  const spoken = useTexts()
  const { t, word } = spoken
  const id = useId()
  const [number, setNumber] = useState(person?.number ?? '')
  const [name, setName] = useState(person?.name ?? '')
  const [role, chooseRole] = useState<StaffRow['role']>(person?.role ?? 'agent')
  const [skills, chooseSkills] = useState(person?.skills ?? [])
  const [languages, chooseLanguages] = useState<StaffRow['languages']>(person?.languages ?? ['zh'])
  const { data: queues = [] } = useQuery(queuesQuery)
  const matters = [...new Set(queues.map((one) => one.matter))]
  const takesCalls = role === 'agent' || role === 'lead'
  const save = useMutation({
    mutationFn: async () => {
      if (person === null) {
        onOnce(await addStaff({ number, name, role, skills: takesCalls ? skills : [], languages }))
        return
      }
      if (role !== person.role) await setRole(person.number, role)
      if (takesCalls) await setSkills(person.number, skills, languages)
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['staff'] })
      onClose()
    },
  })
  return (
    <Dialog
      open
      title={person ? `${person.number} ${person.name}` : t('staff.add')}
      okText={t('app.save')}
      cancelText={t('app.cancel')}
      confirmLoading={save.isPending}
      okButtonProps={{ disabled: !number || !name || (takesCalls && languages.length === 0) }}
      onOk={() => save.mutate()}
      onCancel={onClose}
    >
      {save.isError && <Alert type="error" role="alert" title={sentence(save.error, spoken)} />}
      {person === null && (
        <>
          <p className="field">
            <label htmlFor={`${id}-number`}>{t('staff.number')}</label>
            <Input
              id={`${id}-number`}
              autoFocus
              maxLength={20}
              value={number}
              onChange={(event) => setNumber(event.target.value.trim())}
            />
          </p>
          <p className="field">
            <label htmlFor={`${id}-name`}>{t('staff.name')}</label>
            <Input
              id={`${id}-name`}
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </p>
        </>
      )}
      <p className="field">
        <label htmlFor={`${id}-role`}>{t('staff.role')}</label>
        <select
          id={`${id}-role`}
          value={role}
          onChange={(event) => chooseRole(event.target.value as StaffRow['role'])}
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {word('role', one)}
            </option>
          ))}
        </select>
      </p>
      {takesCalls && (
        <>
          <fieldset className="plainset">
            <legend>{t('staff.skills')}</legend>
            <Checkbox.Group
              value={skills}
              options={matters.map((one) => ({ value: one, label: word('matter', one) }))}
              onChange={chooseSkills}
            />
          </fieldset>
          <fieldset className="plainset">
            <legend>{t('staff.languages')}</legend>
            <Checkbox.Group
              value={languages}
              options={LANGUAGES.map((one) => ({ value: one, label: word('speech', one) }))}
              onChange={chooseLanguages}
            />
          </fieldset>
        </>
      )}
    </Dialog>
  )
}
