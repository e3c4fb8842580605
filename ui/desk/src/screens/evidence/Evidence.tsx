/** Evidence and what is kept: packs for whoever examines, holds and erasure for compliance. */
import { Segmented } from 'antd'
import { useState } from 'react'
import { useMe } from '@/app/me'
import { useTexts } from '@/texts'
import { Erasures } from './Erasures'
import { Holds } from './Holds'
import { Packs } from './Packs'

const PARTS = ['packs', 'holds', 'erasures'] as const

export default function Evidence() {
  const { t } = useTexts()
  const me = useMe()
  const [part, setPart] = useState<(typeof PARTS)[number]>('packs')
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('evidence.title')}</h1>
        {me.role === 'compliance' && (
          <Segmented
            value={part}
            onChange={setPart}
            options={PARTS.map((one) => ({ value: one, label: t(`evidence.part.${one}`) }))}
          />
        )}
      </div>
      {part === 'packs' && <Packs />}
      {part === 'holds' && <Holds />}
      {part === 'erasures' && <Erasures />}
    </>
  )
}
