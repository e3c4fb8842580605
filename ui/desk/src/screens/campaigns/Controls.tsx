/** Start, pause, stop: each confirmed, and where it is refused every reason is said. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Popconfirm } from 'antd'
import { Link as Anchor } from 'wouter'
import { change, type CampaignView } from '@/api/campaigns'
import { useMe } from '@/app/me'
import { queries } from '@/app/parts'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { changesOf, type Change } from './states'

export function Controls({ campaign }: { campaign: CampaignView }) {
  const { t, word } = useTexts()
  const me = useMe()
  const may = me.role === 'lead' || me.role === 'compliance'
  const act = useMutation({
    mutationFn: (what: Change) => change(campaign.id, what),
    onSettled: () => queries.invalidateQueries({ queryKey: ['campaigns'] }),
  })
  const SURE: Record<Change, [string, string?]> = {
    start: [t('campaign.start.sure'), t('campaign.start.sure.hint')],
    pause: [t('campaign.pause.sure')],
    stop: [t('campaign.stop.title'), t('campaign.stop.sure')],
  }
  const nameOf = (what: Change) =>
    what === 'start' && campaign.state === 'paused' ? t('campaign.resume') : t(`campaign.${what}`)
  return (
    <>
      {me.role === 'lead' && campaign.state === 'running' && campaign.mode === 'preview' && (
        <Anchor href={`/campaigns/${campaign.id}/preview`}>{t('campaign.preview')}</Anchor>
      )}
      {may &&
        changesOf(campaign.state).map((what) => (
          <Popconfirm
            key={what}
            title={SURE[what][0]}
            description={SURE[what][1]}
            okText={nameOf(what)}
            cancelText={t('app.cancel')}
            okButtonProps={{ danger: what === 'stop' }}
            onConfirm={() => act.mutate(what)}
          >
            <Button
              type={what === 'start' ? 'primary' : 'default'}
              danger={what === 'stop'}
              loading={act.isPending && act.variables === what}
            >
              {nameOf(what)}
            </Button>
          </Popconfirm>
        ))}
      <Failure error={act.error} />
      {act.data?.allowed === false && (
        <Alert
          type="warning"
          role="alert"
          title={act.data.reasons.map((code) => word('campaign.refused', code)).join(' · ')}
        />
      )}
    </>
  )
}
