import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Caller, OrganizationCaller } from '../../accounts/caller.ts'
import type { ConnectionDocument } from '../../connection/connection-model.ts'
import type { ErrorCode } from '../../errors.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

/** What a handler gets: everything parsed by the endpoint's schemas, and who asks. */
export interface EndpointInput<P, Q, B, A extends Access> {
  caller: A extends 'operator' ? Extract<Caller, { kind: 'operator' }> : OrganizationCaller
  params: Parsed<P>
  query: Parsed<Q>
  body: Parsed<B>
  /** Of the request, for the log and for 500 answers. */
  requestId: string
  /** Which of these content types the client prefers; the first of equal ones, and the first where it accepts none. */
  prefers: (types: readonly string[]) => string
  /** The unread request, where `upload` is set instead of `body`. */
  incoming: IncomingMessage
  /** Runs once for the request's Idempotency-Key and `content`, which stands for what was sent; see `keyedUpload`. */
  once: (content: unknown, run: () => Promise<Answer>, replay: (kept: KeptAnswer) => Promise<Answer>) => Promise<Answer>
  /** The organization's, as the check of the endpoint's feature read it. */
  connection?: ConnectionDocument
}

/** What an Idempotency-Key stands for: the id of the first answer's result, its status, and a secret where one was in it. */
export interface KeptAnswer {
  id: string
  secret?: string
  status: number
}

/** What a handler answers. `body` is JSON unless `contentType` says otherwise; a string or stream goes out as it is. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
  contentType?: string
  /** Of an endpoint that takes an Idempotency-Key: what is kept under it. */
  result?: { id: string; secret?: string }
}

/** `operator`: the operator's key. `admin`, `sourcer`: the least role of a person in a session; an organization's API key may do both. */
export type Access = 'operator' | 'admin' | 'sourcer'

export interface EndpointSpec<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends Access,
> {
  method: Method
  /** Below `/api/v1`, parameters in braces: `/candidates/{id}`. */
  path: string
  tag: string
  summary: string
  description?: string
  access: A
  /** Set on a `POST` that changes nothing, such as a preview: an API key with `read` access may call it, as it may every `GET`. */
  reads?: true
  params?: P
  query?: Q
  /** Strict object schema of the JSON body. */
  body?: B
  /** Content types of a body the handler reads itself, in place of `body`, with its limit. */
  upload?: { contentTypes: readonly string[]; limitBytes: number }
  /** By status; a schema describes the JSON body, `contentType` another one, or several of which the answer has one. */
  answers: Record<number, { description: string; schema?: z.ZodType; contentType?: string | readonly string[] }>
  /** Codes beyond those that every endpoint may answer. */
  problems?: readonly ErrorCode[]
  /**
   * Whether the caller may send this at all, beyond `access`: runs for every request, a repeated one with an `Idempotency-Key`
   * included, before `handle` or `replay`. Throws ServiceError for a refusal.
   */
  check?: (input: EndpointInput<P, Q, B, A>) => Promise<void> | void
  /**
   * Given by a POST that creates: takes `Idempotency-Key`, and gives the first result again from what was kept of it,
   * the id and, only where one was in the answer, the secret. The result is read as it is now, and only where the caller
   * may still see it: one that is gone, or no longer the caller's, is `not_found`.
   */
  replay?: (input: EndpointInput<P, Q, B, A>, kept: KeptAnswer) => Promise<Answer>
  /** Of a POST that creates from an upload: `handle` reads what was sent and takes `Idempotency-Key` by `once`. */
  keyedUpload?: true
  handle: (input: EndpointInput<P, Q, B, A>) => Promise<Answer>
}

/** An endpoint whose schemas are known only to itself; what the router and the OpenAPI document work with. */
export type Endpoint = EndpointSpec<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined, Access>

/** One route, its checks and its documentation in one place. */
export function defineEndpoint<
  A extends Access,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(spec: EndpointSpec<P, Q, B, A>): Endpoint {
  return spec
}

/** True for what an API key with `read` access may call. */
export function isRead({ method, reads }: Pick<Endpoint, 'method' | 'reads'>): boolean {
  return method === 'get' || reads === true
}

export function takesIdempotencyKey({ replay, keyedUpload }: Endpoint): boolean {
  return keyedUpload === true || replay !== undefined
}
