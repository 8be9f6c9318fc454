/** One endpoint of the API: its path, the permission it needs, and its behavior with plain values. */
import type { z } from 'zod'
import type { User } from '../account/records.ts'
import type { World } from '../world.ts'
import type { Credential } from './credential.ts'
import { badRequest, LeverError } from './lever-error.ts'
import type { RequestBody } from './request-body.ts'

export interface ApiCall {
  world: World
  credential: Credential
  params: Record<string, string>
  query: URLSearchParams
  body: RequestBody
}

export interface ApiAnswer {
  status: number
  /** a JSON value, or the bytes of a file */
  body?: unknown
  contentType?: string
  /** the id of what was created or changed, for the request log */
  effectId?: string
}

export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** after `/v1`, in the router's notation */
  path: string
  /** as the settings page names it */
  permission: string
  /** any of these OAuth scopes; `x:write` includes `x:read` */
  scope: string
  handle(call: ApiCall): ApiAnswer | Promise<ApiAnswer>
}

export function ok(data: unknown, effectId?: string): ApiAnswer {
  return { status: 200, body: { data }, ...(effectId ? { effectId } : {}) }
}

export function created(data: Record<string, unknown> & { id: string }, beside: Record<string, unknown> = {}): ApiAnswer {
  return { status: 201, body: { ...beside, data }, effectId: data.id }
}

export function noContent(effectId: string): ApiAnswer {
  return { status: 204, effectId }
}

/** @throws LeverError 400 with the first fault */
export function parseBody<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw badRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`)
}

/**
 * Returns the user to whom a write is attributed. Unknown and deactivated users are refused, and so is a missing user if one is required;
 * the status is assumed.
 */
export function performAs(call: ApiCall, need: 'required' | 'optional'): User | null {
  const id = call.query.get('perform_as')
  const refusal = (message: string): LeverError => new LeverError(call.world.settings.answers.performAsRefusal, message)
  if (!id) {
    if (need === 'required') throw refusal('perform_as is required')
    return null
  }
  const user = call.world.account.users.get(id)
  if (!user) throw refusal(`perform_as: user ${id} was not found`)
  if (user.deactivatedAt !== null) throw refusal(`perform_as: user ${id} is deactivated`)
  return user
}

/** @throws LeverError 400 if no active user has the id */
export function activeUser(world: World, id: string, field: string): User {
  const user = world.account.users.get(id)
  if (!user) throw badRequest(`${field}: user ${id} was not found`)
  if (user.deactivatedAt !== null) throw badRequest(`${field}: user ${id} is deactivated`)
  return user
}

/** Returns a time filter in ms, inclusive at both ends; `null` values never match a given bound. */
export function inRange(query: URLSearchParams, name: string): ((value: number | null) => boolean) | null {
  const start = msParameter(query, `${name}_start`)
  const end = msParameter(query, `${name}_end`)
  if (start === null && end === null) return null
  return (value) => value !== null && value >= (start ?? 0) && value <= (end ?? Infinity)
}

export function msParameter(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null) return null
  if (!/^-?\d+$/.test(text)) throw badRequest(`${name} must be a time in milliseconds`)
  return Number(text)
}

/** Accepts `true` in any letter case: a well-known client sends `True`. */
export function flag(query: URLSearchParams, name: string): boolean | null {
  const text = query.get(name)?.toLowerCase()
  if (text === undefined) return null
  return text === 'true' || text === '1'
}
