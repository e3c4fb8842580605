/** What is officially ours, the code of a call of ours, and reports of scams. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type Official = View['OfficialView']
export type OfficialKind = Official['kind']
export type NewOfficial = View['NewOfficialBody']
export type Finding = View['FindingView']
export type ScamReport = View['ScamReportView']
export type WholeScamReport = View['WholeReportView']
export type ScamState = ScamReport['state']
export type NewScamReport = View['ReportBody']
export type Judgement = View['JudgementView']
export type Persuasion = View['PersuasionView']

const AGAIN_MS = 30_000

export const registryQuery = queryOptions({
  queryKey: ['registry'],
  queryFn: () => told(api.GET('/api/v1/trust/registry')),
})

export function checkOfficial(kind: OfficialKind, value: string): Promise<Finding> {
  return told(api.GET('/api/v1/trust/official', { params: { query: { kind, value } } }))
}

export function addOfficial(body: NewOfficial) {
  return told(api.POST('/api/v1/trust/registry', { body }))
}

export function endOfficial(entry: string, body: View['OfficialEndBody']) {
  return told(api.POST('/api/v1/trust/registry/{entry}/end', { params: { path: { entry } }, body }))
}

/** Under `interactions`: a claim changes what may be told. */
export const callTrustQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['interactions', interaction, 'trust'],
    queryFn: () =>
      told(
        api.GET('/api/v1/interactions/{interaction}/trust', { params: { path: { interaction } } }),
      ),
  })

// ---------------------------------------------------------------- scams

export const scamsQuery = (state: ScamState) =>
  queryOptions({
    queryKey: ['scams', 'list', state],
    queryFn: () => told(api.GET('/api/v1/scam-reports', { params: { query: { state } } })),
    refetchInterval: AGAIN_MS,
  })

const of = (report: string) => ({ params: { path: { report } } })

export const scamQuery = (report: string) =>
  queryOptions({
    queryKey: ['scams', 'one', report],
    queryFn: () => told(api.GET('/api/v1/scam-reports/{report}', of(report))),
  })

export function holdForReport(report: string, card: string, why: string) {
  return told(
    api.POST('/api/v1/scam-reports/{report}/hold', { ...of(report), body: { card, why } }),
  )
}

export function reviewScam(report: string, body: View['ScamReviewBody']) {
  return told(api.POST('/api/v1/scam-reports/{report}/review', { ...of(report), body }))
}

export function forgetIndicator(indicator: string) {
  return told(
    api.DELETE('/api/v1/scam-indicators/{indicator}', { params: { path: { indicator } } }),
  )
}

export function reportScam(interaction: string, body: NewScamReport) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/scam-report', {
      params: { path: { interaction } },
      body,
    }),
  )
}

// ---------------------------------------------------------------- the warned holder

/** Asked anew when a dialog opens: it says until when a cooling-off would last. */
export const persuasionQuery = queryOptions({
  queryKey: ['scam-persuasion'],
  queryFn: () => told(api.GET('/api/v1/scam-persuasion')),
  staleTime: 0,
})

export function judgeTold(interaction: string, body: View['CheckBody']): Promise<Judgement> {
  return told(
    api.POST('/api/v1/interactions/{interaction}/scam-judgement', {
      params: { path: { interaction } },
      body,
    }),
  )
}

export function warnOfScam(interaction: string, body: View['WarnBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/scam-warning', {
      params: { path: { interaction } },
      body,
    }),
  )
}

export const scamWarningsQuery = (holder: string) =>
  queryOptions({
    queryKey: ['scam-warnings', holder],
    queryFn: () =>
      told(api.GET('/api/v1/holders/{holder}/scam-warnings', { params: { path: { holder } } })),
  })
