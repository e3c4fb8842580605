import { Link as Anchor } from 'wouter'
import type { ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

export function Contacts({ contacts }: { contacts: ScreenView['contacts'] }) {
  const { t, word, language } = useTexts()
  return (
    <Panel title={t('call.contacts')}>
      {contacts.length === 0 && <p className="quiet">{t('call.contacts.none')}</p>}
      <ul className="list">
        {contacts.map((one) => (
          <li key={one.id}>
            <Anchor href={`/interactions/${one.id}`}>{moment(one.opened_at, language)}</Anchor>{' '}
            {word('door', one.door)} {one.matter && inLanguage(one.matter, language)}{' '}
            {one.result && <span className="quiet">{inLanguage(one.result, language)}</span>}
            {one.summary && <div className="quiet text">{one.summary}</div>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
