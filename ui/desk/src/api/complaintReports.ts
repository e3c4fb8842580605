/** Complaints of a year, their causes over time, and what is done about them. Nobody is counted. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type Corrective = View['CorrectiveView']
export type NewCorrective = View['CorrectiveBody']
export type NewTransfer = View['ComplaintTransferBody']

export interface CauseCount {
  code: string
  count: number
  /** The share of all namings that this cause and the greater ones have. */
  cumulative: number
}

export type Counts = Record<string, number>

/** The description leaves it open; as `complaints/reporting.py` writes it. */
export interface YearReport {
  year: number
  /** Until when it reaches where the year is not over. */
  until: string | null
  received: number
  open: number
  people: number
  by_month: Counts
  by_door: Counts
  by_product: Counts
  by_issue: Counts
  by_severity: Counts
  by_outcome: Counts
  refused: Counts
  withdrawn: number
  answered: number
  answered_in_time: number
  share_in_time: number | null
  unanswered_overdue: number
  mean_days: number | null
  reexaminations: number
  changed_by_reexamination: number
  compensation_fen: number
  /** ISO 4217. */
  currency: string
  asked_and_said: number
  satisfied: number
  share_satisfied: number | null
  causes: (CauseCount & { zh: string; en: string })[]
}

export interface WeekCount {
  /** Its Monday. */
  week: string
  cause: string | null
  count: number
}

export interface Trend {
  since: string
  until: string
  weeks: WeekCount[]
  pareto: CauseCount[]
}

export const yearQuery = (year: number) =>
  queryOptions({
    queryKey: ['complaints', 'report', year],
    queryFn: async () =>
      (await told(
        api.GET('/api/v1/complaint-reports/year', { params: { query: { year } } }),
      )) as unknown as YearReport,
  })

export const trendQuery = (since: string, until: string) =>
  queryOptions({
    queryKey: ['complaints', 'trend', since, until],
    queryFn: async () =>
      (await told(
        api.GET('/api/v1/complaint-reports/causes', { params: { query: { since, until } } }),
      )) as unknown as Trend,
  })

export const correctivesQuery = queryOptions({
  queryKey: ['complaints', 'correctives'],
  queryFn: () => told(api.GET('/api/v1/complaint-reports/correctives')),
})

export function openCorrective(body: NewCorrective): Promise<Corrective> {
  return told(api.POST('/api/v1/complaint-reports/correctives', { body }))
}

export function finishCorrective(corrective: string, text: string): Promise<Corrective> {
  return told(
    api.POST('/api/v1/complaint-reports/correctives/{corrective}/finish', {
      params: { path: { corrective } },
      body: { text },
    }),
  )
}

/** A spreadsheet is in words of a language, data are in codes. */
export function exportAddress(year: number, form: 'csv' | 'json', language: string): string {
  return `/api/v1/complaint-reports/export?year=${year}&form=${form}&language=${language}`
}

export function recordTransfer(body: NewTransfer) {
  return told(api.POST('/api/v1/complaint-transfers', { body }))
}
