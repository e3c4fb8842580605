/** A step of a complaint: sent, read again, and where it is refused every reason said. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import type { ReactNode, SyntheticEvent } from 'react'
import { partStep, step, type Stepped } from '@/api/complaints'
import { queries } from '@/app/parts'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

type Part = Parameters<typeof partStep>

export function useStep(run: () => Promise<Stepped>, done?: () => void) {
  return useMutation({
    mutationFn: run,
    onSuccess: async (told) => {
      if (told.allowed) done?.()
      await queries.invalidateQueries({ queryKey: ['complaints'] })
    },
  })
}

export function useOn(complaint: string, what: string, body: object, done?: () => void) {
  return useStep(() => step(complaint, what, body), done)
}

export function useOnPart(...[part, id, what, body, done]: [...Part, (() => void)?]) {
  return useStep(() => partStep(part, id, what, body), done)
}

type Step = ReturnType<typeof useStep>

interface ToldProps {
  step: Step
  /** What is said where the server knows nothing by the name that was typed. */
  missing?: string
}

/** What went wrong with a step, if anything. */
export function Told({ step: { error, data }, missing = '' }: ToldProps) {
  const { t, language } = useTexts()
  return (
    <>
      <Failure error={error} missing={missing} />
      {data?.allowed === false && (
        <Alert
          type="warning"
          role="alert"
          title={t('acts.notdone')}
          description={
            <ul className="why">
              {data.verdict.reasons.map((one) => (
                <li key={one.code}>{inLanguage(one, language)}</li>
              ))}
            </ul>
          }
        />
      )}
      {data && data.masked.length > 0 && (
        <Alert type="warning" role="status" title={t('call.note.masked')} />
      )}
    </>
  )
}

interface FormProps {
  step: Step
  submit: string
  ready: boolean
  primary?: boolean
  missing?: string
  children: ReactNode
}

export function StepForm(props: FormProps) {
  const { step, submit, ready, primary = false, missing = '', children } = props
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    if (ready && !step.isPending) step.mutate()
  }
  return (
    <form onSubmit={send}>
      {children}
      {/* Beside the button: above a long form nobody would see it. */}
      <Told step={step} missing={missing} />
      <Button
        htmlType="submit"
        type={primary ? 'primary' : 'default'}
        loading={step.isPending}
        disabled={!ready}
      >
        {submit}
      </Button>
    </form>
  )
}
