/** What comes and goes by e-mail, by letter and through the app. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, askForm, told, type View } from './client'

export type EmailHead = View['EmailHead']
export type Email = View['EmailView']
export type AppMessage = View['AppMessageView']
export type Letter = View['LetterView']
export type LetterState = Letter['state']
export type Addressee = View['AddresseeBody']
export type Draft = View['DraftView']
export type NewDraft = View['DraftBody']
export type LetterIn = View['LetterInHead']
export type Queued = View['Sent']
export type ReturnReason = View['ReturnBody']['reason']

const AGAIN_MS = 30_000
const PAGE = 100

// ---------------------------------------------------------------- e-mail

export const emailsQuery = queryOptions({
  queryKey: ['emails', 'waiting'],
  queryFn: () => told(api.GET('/api/v1/emails')),
  refetchInterval: AGAIN_MS,
})

/** Answered or closed, the last in front; an agent finds his own. */
export const doneEmailsQuery = queryOptions({
  queryKey: ['emails', 'done'],
  queryFn: () => told(api.GET('/api/v1/emails', { params: { query: { state: 'done' } } })),
})

/** Reading one is journaled: it is read again only when asked for. */
export const emailQuery = (email: string) =>
  queryOptions({
    queryKey: ['email', email],
    queryFn: () => told(api.GET('/api/v1/emails/{email}', { params: { path: { email } } })),
    staleTime: Infinity,
  })

export function answerEmail(email: string, body: View['ReplyBody']): Promise<Email> {
  return told(api.POST('/api/v1/emails/{email}/answer', { params: { path: { email } }, body }))
}

export type HolderProof = View['WhoseBody']['proof']
export type ClosedFor = View['ClosedBody']['why']

export function sayWhose(email: string, body: View['WhoseBody']): Promise<Email> {
  return told(api.POST('/api/v1/emails/{email}/holder', { params: { path: { email } }, body }))
}

export function closeEmail(email: string, body: View['ClosedBody']): Promise<Email> {
  return told(api.POST('/api/v1/emails/{email}/close', { params: { path: { email } }, body }))
}

export function emailFile(email: string, file: string): string {
  return `/api/v1/emails/${encodeURIComponent(email)}/files/${encodeURIComponent(file)}`
}

export function trustAddress(address: string) {
  return told(api.POST('/api/v1/email-addresses/trust', { body: { address } }))
}

// ---------------------------------------------------------------- app and official account

export const appMessagesQuery = queryOptions({
  queryKey: ['app-messages'],
  queryFn: () => told(api.GET('/api/v1/app-messages')),
  refetchInterval: AGAIN_MS,
})

export function answerAppMessage(interaction: string, body: View['AppAnswerBody']) {
  return told(
    api.POST('/api/v1/app-messages/{interaction}/answer', {
      params: { path: { interaction } },
      body,
    }),
  )
}

// ---------------------------------------------------------------- letters that leave

export const lettersQuery = (state: LetterState) =>
  infiniteQueryOptions({
    queryKey: ['post', 'letters', state],
    queryFn: ({ pageParam }) =>
      told(
        api.GET('/api/v1/letters', {
          params: { query: { state, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last: Letter[]) => (last.length < PAGE ? undefined : last.at(-1)?.id),
    refetchInterval: AGAIN_MS,
  })

export function letterPdf(letter: string): string {
  return `/api/v1/letters/${encodeURIComponent(letter)}/pdf`
}

const of = (letter: string) => ({ params: { path: { letter } } })

export function postLetter(letter: string, body: View['PostBody']) {
  return told(api.POST('/api/v1/letters/{letter}/posted', { ...of(letter), body }))
}

export function returnLetter(letter: string, reason: ReturnReason) {
  return told(api.POST('/api/v1/letters/{letter}/returned', { ...of(letter), body: { reason } }))
}

export function withdrawLetter(letter: string, why: string) {
  return told(api.POST('/api/v1/letters/{letter}/withdrawn', { ...of(letter), body: { why } }))
}

export function sendAgain(letter: string, body: View['AgainBody']): Promise<Queued> {
  return told(api.POST('/api/v1/letters/{letter}/again', { ...of(letter), body }))
}

// ---------------------------------------------------------------- letters that two write

export const draftsQuery = queryOptions({
  queryKey: ['post', 'drafts'],
  queryFn: () => told(api.GET('/api/v1/letter-drafts')),
  refetchInterval: AGAIN_MS,
})

export function writeLetter(body: NewDraft) {
  return told(api.POST('/api/v1/letter-drafts', { body }))
}

export function draftPdf(draft: string): string {
  return `/api/v1/letter-drafts/${encodeURIComponent(draft)}/pdf`
}

export function approveDraft(draft: string): Promise<Queued> {
  return told(api.POST('/api/v1/letter-drafts/{draft}/approve', { params: { path: { draft } } }))
}

export function rejectDraft(draft: string, why: string) {
  return told(
    api.POST('/api/v1/letter-drafts/{draft}/reject', {
      params: { path: { draft } },
      body: { why },
    }),
  )
}

/** Let a letter of one's own drop that was sent back. */
export async function dropDraft(draft: string): Promise<void> {
  await api.POST('/api/v1/letter-drafts/{draft}/drop', { params: { path: { draft } } })
}

// ---------------------------------------------------------------- letters that come in

export interface NewLetterIn {
  files: readonly File[]
  subject: string
  received_on: string
  box: LetterIn['box']
  language: 'zh' | 'en'
  holder: string
  sender: string
  posting: string
}

export function takeLetterIn({ files, ...fields }: NewLetterIn): Promise<LetterIn> {
  const form = new FormData()
  for (const file of files) form.append('files', file)
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return askForm('/letters-in', form)
}

/** The letters that a conversation is: from a task one comes to its scans. */
export const lettersInOfQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['letters-in', interaction],
    queryFn: () => told(api.GET('/api/v1/letters-in', { params: { query: { interaction } } })),
  })

export const letterInQuery = (letter: string) =>
  queryOptions({
    queryKey: ['letter-in', letter],
    queryFn: () => told(api.GET('/api/v1/letters-in/{letter}', { params: { path: { letter } } })),
    staleTime: Infinity,
  })

export function letterScan(letter: string, file: string): string {
  return `/api/v1/letters-in/${encodeURIComponent(letter)}/scans/${encodeURIComponent(file)}`
}
