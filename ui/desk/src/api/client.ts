/** Asking the server: typed by its OpenAPI description, refusals as errors that have a code. */
import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

export type View = components['schemas']

/** The server refused; `code` is stable, `message` is for programs. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message)
  }
}

let csrf = ''
let ended: () => void = () => undefined

/** Set what proves that a request comes from our own page; it is known from the session. */
export function setCsrf(token: string): void {
  csrf = token
}

/** Set what happens when the server no longer knows the session. */
export function onSessionEnd(listener: () => void): void {
  ended = listener
}

/** The server no longer knows the session. */
export function sessionEnded(): void {
  ended()
}

const SAFE = new Set(['GET', 'HEAD'])

async function answered(request: Request): Promise<Response> {
  if (!SAFE.has(request.method)) request.headers.set('X-CSRF-Token', csrf)
  let response: Response
  try {
    response = await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refusal(0, 'unreachable', 'the server cannot be reached')
  }
  if (!response.ok) throw await refusal(response, new URL(request.url).pathname)
  return response
}

async function refusal(response: Response, path: string): Promise<Refusal> {
  const body: unknown = await response.json().catch(() => null)
  const told = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const code = typeof told.code === 'string' ? told.code : response.status >= 500 ? 'server' : ''
  const message = typeof told.message === 'string' ? told.message : response.statusText
  // At the door itself, 401 means wrong credentials, not a session that ended.
  if (response.status === 401 && path !== '/api/v1/session') sessionEnded()
  return new Refusal(response.status, code || String(response.status), message, body)
}

/** Every path of the description: `await told(api.GET('/api/v1/queues'))`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: answered })

/** Give what was answered; a refusal has been thrown by then. */
export async function told<T>(asked: Promise<{ data?: T }>): Promise<T> {
  return (await asked).data as T
}

/** Ask by a path that is made up at run time, or whose answer the description leaves open. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const request = new Request(new URL(`/api/v1${path}`, location.origin), {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const response = await answered(request)
  return (response.status === 204 ? null : await response.json()) as T
}

/** Send a form with files. */
export async function askForm<T>(path: string, form: FormData): Promise<T> {
  const url = new URL(`/api/v1${path}`, location.origin)
  return (await (await answered(new Request(url, { method: 'POST', body: form }))).json()) as T
}
