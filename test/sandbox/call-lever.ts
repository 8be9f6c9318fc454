/** Calls to the API of the local Lever. */
import type { LeverForTests } from '../support/lever.ts'

export type Json = ReturnType<typeof JSON.parse>

export interface Answer {
  status: number
  body: Json
  headers: Headers
}

export interface CallLever {
  get(path: string): Promise<Answer>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>
}

/** Uses the account's API key with all permissions unless another one is given. */
export function callLever(lever: LeverForTests, key = lever.apiKey): CallLever {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  return {
    get: async (path) => answerOf(await fetch(`${lever.apiUrl}${path}`, { headers: { authorization } })),
    send: async (method, path, body) => {
      const form = body instanceof FormData
      const headers = { authorization, ...(form || body === undefined ? {} : { 'content-type': 'application/json' }) }
      const init = body === undefined ? {} : { body: form ? body : JSON.stringify(body) }
      return answerOf(await fetch(`${lever.apiUrl}${path}`, { method, headers, ...init }))
    },
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') && text !== ''
  return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers }
}

/** Id of a user of the sample account, given the first part of the email address. */
export async function userId(api: CallLever, username: string): Promise<string> {
  const { body } = await api.get(`/users?includeDeactivated=true&email=${username}@acme.example`)
  return body.data[0].id
}

export async function postingNamed(api: CallLever, text: string): Promise<Json> {
  const { body } = await api.get('/postings?confidentiality=all')
  return body.data.find((posting: Json) => posting.text === text)
}

/** Adds an opportunity as Ana. Returns the response body. */
export async function addOpportunity(api: CallLever, fields: Record<string, unknown>): Promise<Json> {
  const answer = await api.send('POST', `/opportunities?perform_as=${await userId(api, 'ana')}`, fields)
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
