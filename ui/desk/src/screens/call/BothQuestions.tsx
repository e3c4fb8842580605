/** The two questions that come before every end: anything else, and is this what we agreed? */
import { Checkbox } from 'antd'
import { useTexts } from '@/texts'

interface Answers {
  anything_else_asked: boolean
  read_back_confirmed: boolean
}

interface Props {
  typed: Answers
  change: (answer: Partial<Answers>) => void
}

export function BothQuestions({ typed, change }: Props) {
  const { t } = useTexts()
  return (
    <>
      <p>
        <Checkbox
          checked={typed.anything_else_asked}
          onChange={(event) => change({ anything_else_asked: event.target.checked })}
        >
          {t('call.wrapup.else')}
        </Checkbox>
      </p>
      <p>
        <Checkbox
          checked={typed.read_back_confirmed}
          onChange={(event) => change({ read_back_confirmed: event.target.checked })}
        >
          {t('call.wrapup.readback')}
        </Checkbox>
      </p>
    </>
  )
}
