/** The post room: letters by their state, letters that wait for a second person, letters that came. */
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTexts } from '@/texts'
import { Drafts } from './Drafts'
import { Queue } from './Queue'
import { TakeIn } from './TakeIn'

const PARTS = ['queue', 'drafts', 'in'] as const

export default function Post() {
  const { t } = useTexts()
  const [part, setPart] = useState<(typeof PARTS)[number]>('queue')
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('post.title')}</h1>
        <Segmented
          value={part}
          onChange={setPart}
          options={PARTS.map((one) => ({ value: one, label: t(`post.part.${one}`) }))}
        />
      </div>
      {part === 'queue' && <Queue />}
      {part === 'drafts' && <Drafts />}
      {part === 'in' && <TakeIn />}
    </>
  )
}
