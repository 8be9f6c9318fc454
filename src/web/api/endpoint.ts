import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Caller, OrganizationCaller } from '../../accounts/caller.ts'
import type { ConnectionDocument } from '../../connection/connection-model.ts'
import type { ErrorCode } from '../../errors.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

type CallerWith<A extends Access> = A extends 'operator'
  ? Extract<Caller, { kind: 'operator' }>
  : A extends 'operatorOrAdmin'
    ? Caller
    : OrganizationCaller

/** A handler's input: the caller, and the request parsed by the endpoint's schemas. */
export interface EndpointInput<P, Q, B, A extends Access> {
  caller: CallerWith<A>
  params: Parsed<P>
  query: Parsed<Q>
  body: Parsed<B>
  /** The request's id, for the log and for 500 answers. */
  requestId: string
  /** Returns the content type that the client prefers: the first among equals, and the first of all if it accepts none. */
  prefers: (types: readonly string[]) => string
  /** The unread request, set where `upload` replaces `body`. */
  incoming: IncomingMessage
  /** Runs once per Idempotency-Key and `content`, which represents what was sent; see `keyedUpload`. */
  once: (content: unknown, run: () => Promise<Answer>, replay: (kept: KeptAnswer) => Promise<Answer>) => Promise<Answer>
  /** The organization's connection, as read by the check of the endpoint's feature. */
  connection?: ConnectionDocument
}

/** The data kept under an Idempotency-Key: the id of the first answer's result, its status, and its secret if it had one. */
export interface KeptAnswer {
  id: string
  secret?: string
  status: number
}

/** A handler's answer. `body` is JSON unless `contentType` says otherwise; a string or a stream is sent unchanged. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
  contentType?: string
  /** The result to keep under the Idempotency-Key, if the endpoint takes one. */
  result?: { id: string; secret?: string }
}

/**
 * `operator`: the operator's key. `admin`, `sourcer`: the lowest role that a signed-in person needs. An organization's API key has both.
 * `operatorOrAdmin`: either of the first two.
 */
export type Access = 'operator' | 'operatorOrAdmin' | 'admin' | 'sourcer'

export interface EndpointSpec<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends Access,
> {
  method: Method
  /** Below `/api/v1`, with parameters in braces: `/candidates/{id}`. */
  path: string
  tag: string
  summary: string
  description?: string
  access: A
  /** Set on a `POST` that changes nothing, such as a preview. API keys with `read` access may call it, like every `GET`. */
  reads?: true
  params?: P
  query?: Q
  /** Strict object schema of the JSON body. */
  body?: B
  /** Replaces `body` where the handler reads the body itself: the accepted content types and the size limit. */
  upload?: { contentTypes: readonly string[]; limitBytes: number }
  /** Keyed by status. `schema` describes a JSON body, `contentType` any other; a list means that the answer has one of them. */
  answers: Record<number, { description: string; schema?: z.ZodType; contentType?: string | readonly string[] }>
  /** Error codes beyond those that every endpoint may answer. */
  problems?: readonly ErrorCode[]
  /**
   * Checks, beyond `access`, whether the caller may send this. It runs for every request before `handle` or `replay`, including repeats
   * with an `Idempotency-Key`.
   * @throws ServiceError when it refuses the request
   */
  check?: (input: EndpointInput<P, Q, B, A>) => Promise<void> | void
  /**
   * Set on a POST that creates something: the endpoint then takes `Idempotency-Key`. Gives the first result again, from its id and, if the
   * answer had one, its secret. It reads the result's current state and checks access again: a result that is gone, or that the caller may
   * no longer see, is `not_found`.
   */
  replay?: (input: EndpointInput<P, Q, B, A>, kept: KeptAnswer) => Promise<Answer>
  /** Set on a POST that creates something from an upload. `handle` reads the upload and applies the `Idempotency-Key` through `once`. */
  keyedUpload?: true
  handle: (input: EndpointInput<P, Q, B, A>) => Promise<Answer>
}

/** An endpoint with its schema types erased, for the router and the OpenAPI document. */
export type Endpoint = EndpointSpec<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined, Access>

/** Declares one route with its checks and its documentation. */
export function defineEndpoint<
  A extends Access,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(spec: EndpointSpec<P, Q, B, A>): Endpoint {
  return spec
}

/** True if an API key with `read` access may call the endpoint. */
export function isRead({ method, reads }: Pick<Endpoint, 'method' | 'reads'>): boolean {
  return method === 'get' || reads === true
}

export function takesIdempotencyKey({ replay, keyedUpload }: Endpoint): boolean {
  return keyedUpload === true || replay !== undefined
}
