/** The people who serve: added, given matters, given new keys, let go. */
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { sentence } from '@/api/sentences'
import { staffQuery, type ShownOnce, type StaffRow } from '@/api/staff'
import { useTexts } from '@/texts'
import { Actions } from './Actions'
import { Edit } from './Edit'
import { Once } from './Once'

export default function Staff() {
  const spoken = useTexts()
  const { t, word } = spoken
  const { data: people, error } = useQuery(staffQuery)
  const [editing, setEditing] = useState<StaffRow | 'new' | null>(null)
  const [once, setOnce] = useState<ShownOnce | null>(null)
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('staff.title')}</h1>
        <Button type="primary" onClick={() => setEditing('new')}>
          {t('staff.add')}
        </Button>
      </div>
      {error && <Alert type="error" role="alert" title={sentence(error, spoken)} />}
      <section className="panel">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('staff.number')}</th>
              <th scope="col">{t('staff.name')}</th>
              <th scope="col">{t('staff.role')}</th>
              <th scope="col">{t('staff.state')}</th>
              <th scope="col">{t('staff.skills')}</th>
              <th scope="col">{t('staff.languages')}</th>
              <th scope="col">{t('staff.do')}</th>
            </tr>
          </thead>
          <tbody>
            {people?.map((one) => (
              <tr key={one.number}>
                <td>{one.number}</td>
                <th scope="row">{one.name}</th>
                <td>{word('role', one.role)}</td>
                <td>{one.state && word('state', one.state)}</td>
                <td>{one.skills.map((skill) => word('matter', skill)).join(' · ')}</td>
                <td>{one.languages.map((each) => word('speech', each)).join(' · ')}</td>
                <td>
                  <Actions person={one} onEdit={() => setEditing(one)} onOnce={setOnce} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {editing && (
        <Edit
          person={editing === 'new' ? null : editing}
          onOnce={setOnce}
          onClose={() => setEditing(null)}
        />
      )}
      <Once shown={once} onClose={() => setOnce(null)} />
    </>
  )
}
