/** What the signature of an incoming call was worth. Nothing where there was none, as mostly. */
import { useQuery } from '@tanstack/react-query'
import { callTrustQuery } from '@/api/trust'
import { useTexts } from '@/texts'

const TONES = { valid: 'good', invalid: 'bad', 'unknown-signer': 'quiet' } as const

export function Signed({ interaction }: { interaction: string }) {
  const { t, word } = useTexts()
  const { data: trust } = useQuery(callTrustQuery(interaction))
  const signed = trust?.caller_identity
  if (!signed) return null
  return (
    <>
      <dt>{t('signed.title')}</dt>
      <dd>
        <strong className={TONES[signed.verdict]}>{t(`signed.${signed.verdict}`)}</strong>
        {signed.reasons.length > 0 && (
          <div>{signed.reasons.map((one) => word('signed.reason', one)).join(' · ')}</div>
        )}
        {signed.verdict === 'valid' && (signed.name || signed.reason) && (
          <div>{[signed.name, signed.reason].filter(Boolean).join(' · ')}</div>
        )}
        <div className="quiet">{t('signed.hint')}</div>
      </dd>
    </>
  )
}
