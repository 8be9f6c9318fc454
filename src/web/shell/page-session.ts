import { koaBody } from 'koa-body'
import type { Middleware, Next } from 'koa'
import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { isServiceError, ServiceError } from '../../errors.ts'
import { parseInput, strictly } from './parse-input.ts'
import { isProgramAddress } from './program-address.ts'
import type { SiteContext, SiteState } from './site-state.ts'
import { isMultipart, leadingToken } from './leading-token.ts'
import { hasBody, unlessSilent } from './request-body.ts'
import type { RateGuard } from './request-rate.ts'
import { assertSameOrigin } from './same-origin.ts'
import { assertIntended, loadSession } from './session.ts'

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** A form of 500 rows has several fields in each. */
const MOST_FIELDS = 10_000
const MOST_KB = 256
const readFormBody = koaBody({
  urlencoded: true,
  json: false,
  text: false,
  multipart: false,
  formLimit: `${MOST_KB}kb`,
  // by default qs turns a list of more than 20 values into an object
  queryString: {
    allowDots: false,
    depth: 0,
    arrayLimit: MOST_FIELDS,
    parameterLimit: MOST_FIELDS,
    throwOnLimitExceeded: true,
    decoder: decodePart,
  },
  parsedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  onError(error: Error) {
    if (isServiceError(error)) throw error
    if (error instanceof RangeError) throw new ServiceError('payload_too_large', `A form has at most ${MOST_FIELDS} fields.`)
    const isTooLarge = (error as { status?: number }).status === 413
    throw isTooLarge ? new ServiceError('payload_too_large', `The form is larger than ${MOST_KB} KB.`) : error
  },
} as never)

/** qs would keep a malformed encoding unchanged, and bytes that are not UTF-8 arrive here as U+FFFD. A browser percent-encodes a real U+FFFD, so a bare one means bad bytes. */
function decodePart(text: string): string {
  try {
    if (!text.includes('\uFFFD')) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // refused below
  }
  throw new ServiceError('bad_request', 'The form or its address is not valid UTF-8.')
}

/** Answers a form whose session ended with a page that keeps what was typed; false if it did not answer. */
export type OfferToSendAgain = (ctx: SiteContext, fields: Record<string, unknown>) => boolean

const NOTHING_MORE = async () => undefined

/**
 * For every page: who is signed in; and for a form, its fields, from a page of this site and with the session's token
 * (`_csrf`, in a form with files the first field; or the header where a script sends it). Files are left to the route.
 * Addresses for programs end here, so no page below them can go without these checks.
 */
export function pageSession(deps: {
  accounts: Pick<Accounts, 'findSession' | 'getOrganization'>
  publicUrl: string
  guardRate: RateGuard
  offerToSendAgain: OfferToSendAgain
}): Middleware<SiteState> {
  return async (ctx, next) => {
    if (isProgramAddress(ctx.path)) return
    await loadSession(ctx, deps.accounts)
    const { caller } = ctx.state
    if (caller) {
      await deps.guardRate(caller)
      ctx.state.organizationName = (await deps.accounts.getOrganization(caller.organization)).name
    }
    if (READS.has(ctx.method)) await next()
    else {
      if (ctx.is('urlencoded')) await unlessSilent(ctx.req, () => readFormBody(ctx, NOTHING_MORE))
      await afterForm(ctx, next, deps)
    }
  }
}

/**
 * A form that signs somebody in may be older than the session: the person may have signed in from another tab. The form of a Continue
 * page has a token of its own. Another spelling of these paths needs the session's token like any form.
 */
const SIGNS_IN = /^\/(sign-in|sign-in\/link\/[^/]+|connect\/lever\/[^/]+)$/

/** Forms that only read. Another session than the one they were made for may submit them, and sees what its own person may see. */
const ONLY_READS = /^\/candidates\/(selection|export\/(open|preview))$/

async function afterForm(
  ctx: SiteContext,
  next: Next,
  { publicUrl, offerToSendAgain }: { publicUrl: string; offerToSendAgain: OfferToSendAgain },
): Promise<void> {
  try {
    if (SIGNS_IN.test(ctx.path) || ONLY_READS.test(ctx.path)) assertSameOrigin(ctx, publicUrl)
    else assertIntended(ctx, publicUrl, ctx.get('X-CSRF-Token') || (await sentToken(ctx)))
  } catch (error) {
    if (isServiceError(error, 'csrf_token_missing') && offerToSendAgain(ctx, typedFields(ctx))) return
    throw error
  }
  await next()
}

async function sentToken(ctx: SiteContext): Promise<string> {
  if (isMultipart(ctx.req)) return leadingToken(ctx.req)
  const { _csrf } = formFields(ctx)
  return typeof _csrf === 'string' ? _csrf : ''
}

/**
 * The fields of a posted form, checked. A field that the schema does not name is refused, so that a misspelled one cannot change what the
 * form does. A `z.record` must check the names itself.
 * @throws ServiceError `invalid_request`, `unsupported_media_type` for a body that is no form
 */
export function parseForm<S extends z.ZodType>(ctx: SiteContext, schema: S): z.output<S> {
  if (hasBody(ctx.req) && !ctx.is('urlencoded')) throw new ServiceError('unsupported_media_type', 'The body is not a form.')
  return parseInput(closed(schema), typedFields(ctx)) as z.output<S>
}

/**
 * The query parameters, checked like a form: misspelled or malformed ones are refused, since ignoring them would show or start something
 * else. Empty ones, as a form leaves them, count as absent, and so does what mail and ad programs append to links.
 * @throws ServiceError `invalid_request`, `bad_request` for an address that is not encoded as UTF-8
 */
export function parseAddress<S extends z.ZodType>(ctx: SiteContext, schema: S): z.output<S> {
  decodePart(ctx.querystring)
  const given = Object.entries(ctx.query).filter(([name, value]) => value !== '' && !APPENDED.test(name))
  return parseInput(closed(schema), Object.fromEntries(given)) as z.output<S>
}

/** Parameters by which mail and ad programs recognize who followed a link. */
const APPENDED = /^(utm_\w{1,30}|fbclid|gclid|msclkid|mc_[ce]id)$/

function closed(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodPipe ? z.pipe(closed(schema.def.in as z.ZodType), schema.def.out) : strictly(schema)
}

/** The fields of a posted form as they came, without the session's token; none where a form has files. */
export function typedFields(ctx: SiteContext): Record<string, unknown> {
  const { _csrf, ...fields } = formFields(ctx)
  return fields
}

function formFields(ctx: SiteContext): Record<string, unknown> {
  const { body } = ctx.request as { body?: unknown }
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}
