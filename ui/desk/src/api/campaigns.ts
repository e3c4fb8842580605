/** Campaigns: made, filled, started, stopped; and the people whom an agent looks at and dials. */
import { queryOptions } from '@tanstack/react-query'
import { api, ask, told, type View } from './client'

export type CampaignRow = View['CampaignRowView']
export type CampaignView = View['CampaignView']
export type Report = View['CampaignReportView']
export type Foresight = View['ForesightView']
export type Listed = View['ListedView']
export type NewCampaign = View['CampaignBody']
export type Kind = CampaignRow['kind']
export type Machines = CampaignView['machines']
export type Mode = NonNullable<CampaignRow['mode']>
export type PreviewView = View['PreviewView']
export type CampaignCall = View['CampaignCallView']
export type DispositionBody = View['DispositionBody']
export type Disposition = DispositionBody['disposition']

const AGAIN_MS = 3000
const of = (campaign: string) => ({ params: { path: { campaign } } })
const on = (interaction: string) => ({ params: { path: { interaction } } })

/** Whether something may still change by itself. */
function moves(state: string | undefined): boolean {
  return state === 'running'
}

export const campaignsQuery = queryOptions({
  queryKey: ['campaigns', 'all'],
  queryFn: () => told(api.GET('/api/v1/campaigns', { params: { query: { limit: 200 } } })),
  refetchInterval: (query) =>
    query.state.data?.some((one) => moves(one.state)) ? AGAIN_MS : false,
})

export const campaignQuery = (campaign: string) =>
  queryOptions({
    queryKey: ['campaigns', 'one', campaign],
    queryFn: () => told(api.GET('/api/v1/campaigns/{campaign}', of(campaign))),
    refetchInterval: (query) => (moves(query.state.data?.campaign.state) ? AGAIN_MS : false),
  })

/** Read when somebody asks for it: everybody on the list is judged. */
export const foresightQuery = (campaign: string) =>
  queryOptions({
    queryKey: ['foresight', campaign],
    queryFn: () => told(api.GET('/api/v1/campaigns/{campaign}/foresight', of(campaign))),
    enabled: false,
    staleTime: Infinity,
  })

export function createCampaign(body: NewCampaign) {
  return told(api.POST('/api/v1/campaigns', { body }))
}

export function addPeople(campaign: string, body: View['ListBody']) {
  return told(api.POST('/api/v1/campaigns/{campaign}/list', { ...of(campaign), body }))
}

/** Answers with the holders that are not in the campaign. */
export function tellResults(campaign: string, results: Record<string, boolean>) {
  return told(
    api.POST('/api/v1/campaigns/{campaign}/results', { ...of(campaign), body: { results } }),
  )
}

export function change(campaign: string, what: 'start' | 'pause' | 'stop') {
  return told(api.POST(`/api/v1/campaigns/{campaign}/${what}`, of(campaign)))
}

export function stopEverything(reason: string) {
  return told(api.POST('/api/v1/campaigns/stop', { body: { reason } }))
}

export function takePreview(campaign: string): Promise<PreviewView | null> {
  return ask('POST', `/campaigns/${encodeURIComponent(campaign)}/preview`)
}

export function dialPreview(entry: string) {
  return told(api.POST('/api/v1/campaigns/entries/{entry}/dial', { params: { path: { entry } } }))
}

export function passOn(entry: string, reason: string) {
  return told(
    api.POST('/api/v1/campaigns/entries/{entry}/pass', {
      params: { path: { entry } },
      body: { reason },
    }),
  )
}

/** Under `interactions`: what happens in the call makes it old. */
export const campaignCallQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['interactions', interaction, 'campaign'],
    queryFn: () => ask<CampaignCall | null>('GET', `/campaigns/calls/${interaction}`),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data && !query.state.data.ended_at ? 1000 : false),
  })

export function confirmOpening(interaction: string) {
  return told(api.POST('/api/v1/campaigns/calls/{interaction}/opening', on(interaction)))
}

export function dispose(interaction: string, body: DispositionBody) {
  return told(
    api.POST('/api/v1/campaigns/calls/{interaction}/disposition', { ...on(interaction), body }),
  )
}
