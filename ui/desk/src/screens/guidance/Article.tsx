/** One article; who it is for, who vouches for it. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { articleQuery } from '@/api/guidance'
import { sentence } from '@/api/sentences'
import { day } from '@/format/format'
import { useTexts, type Language } from '@/texts'
import { blocksOf } from './blocks'

interface Props {
  id: string
  language: Language
  onBack: () => void
  onInsert?: (text: string) => void
}

export function Article({ id, language, onBack, onInsert }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const { data, error } = useQuery(articleQuery(id, language))
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  return (
    <article className="article" lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <div className="row">
        <h2 className="grow">{data.title}</h2>
        {onInsert && data.audience === 'holder' && (
          <Button size="small" type="primary" onClick={() => onInsert(data.body)}>
            {t('guide.insert')}
          </Button>
        )}
        <Button size="small" onClick={onBack}>
          {t('app.back')}
        </Button>
      </div>
      {data.audience === 'staff' && <p className="warn">{t('guide.staff.only')}</p>}
      {blocksOf(data.body).map((block, index) =>
        block.kind === 'text' ? (
          <p key={index}>{block.text}</p>
        ) : (
          <ul key={index} className="why">
            {block.items.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        ),
      )}
      <p className="quiet">
        {t('guide.vouched', {
          day: day(data.valid_from, spoken.language),
          who: data.reviewed_by,
        })}
      </p>
    </article>
  )
}
