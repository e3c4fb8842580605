/** The opening, sentence by sentence as it is said, and the script that comes after it. */
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'

interface Props {
  words: readonly string[] | undefined
  script: string | undefined
}

export function Opening({ words = [], script }: Props) {
  const { t } = useTexts()
  return (
    <Panel title={t('campaign.opening')}>
      <ol className="opening">
        {words.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
      {script && (
        <>
          <h3>{t('bankcall.script')}</h3>
          <p className="text">{script}</p>
        </>
      )}
    </Panel>
  )
}
