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
/** A form of 500 rows has several fields per row. */
const MOST_FIELDS = 10_000
const MOST_KB = 256
const readFormBody = koaBody({
  urlencoded: true,
  json: false,
  text: false,
  multipart: false,
  formLimit: `${MOST_KB}kb`,
  // by default, qs turns a list of more than 20 values into an object
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

/**
 * qs would keep a malformed encoding unchanged, and bytes that are not UTF-8 arrive here as U+FFFD. A browser percent-encodes a real
 * U+FFFD, so a bare one means bad bytes.
 */
function decodePart(text: string): string {
  try {
    if (!text.includes('\uFFFD')) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // refused below
  }
  throw new ServiceError('bad_request', 'The form or its address is not valid UTF-8.')
}

/** Answers a form whose session ended with a page that keeps what was typed; returns false if it did not answer. */
export type OfferToSendAgain = (ctx: SiteContext, fields: Record<string, unknown>) => boolean

const NOTHING_MORE = async () => undefined

/**
 * Runs for every page: loads the signed-in person. For a form, it reads the fields and checks that the form came from a page of this site
 * with the session's token: `_csrf`, which is the first field of a form with files, or a header if a script sends the form. Files are left
 * to the route. Addresses for programs end here, so no page below them can skip these checks.
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
 * A sign-in form may be older than the session: the person may have signed in from another tab. The form of a Continue page has its own
 * token. Other spellings of these paths need the session's token like any form.
 */
const SIGNS_IN = /^\/(sign-in|sign-in\/link\/[^/]+|connect\/lever\/[^/]+)$/

/** Forms that only read. A different session than the one they were made for may submit them and sees only what its own person may see. */
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
 * Returns the checked fields of a posted form. Fields that the schema does not name are refused, so that a misspelled one cannot change
 * what the form does. A `z.record` must check the names itself.
 * @throws ServiceError `invalid_request`, `unsupported_media_type` if the body is not a form
 */
export function parseForm<S extends z.ZodType>(ctx: SiteContext, schema: S): z.output<S> {
  if (hasBody(ctx.req) && !ctx.is('urlencoded')) throw new ServiceError('unsupported_media_type', 'The body is not a form.')
  return parseInput(closed(schema), typedFields(ctx)) as z.output<S>
}

/**
 * Returns the query parameters, checked like a form. Misspelled or malformed ones are refused, since ignoring them would show or start
 * something else. Empty parameters, which forms send, and parameters that mail and ad programs append to links count as absent.
 * @throws ServiceError `invalid_request`, `bad_request` if the address is not encoded as UTF-8
 */
export function parseAddress<S extends z.ZodType>(ctx: SiteContext, schema: S): z.output<S> {
  decodePart(ctx.querystring)
  const given = Object.entries(ctx.query).filter(([name, value]) => value !== '' && !APPENDED.test(name))
  return parseInput(closed(schema), Object.fromEntries(given)) as z.output<S>
}

/** Parameters that mail and ad programs use to recognize who followed a link. */
const APPENDED = /^(utm_\w{1,30}|fbclid|gclid|msclkid|mc_[ce]id)$/

function closed(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodPipe ? z.pipe(closed(schema.def.in as z.ZodType), schema.def.out) : strictly(schema)
}

/** Returns the raw fields of a posted form without the session's token; empty for a form with files. */
export function typedFields(ctx: SiteContext): Record<string, unknown> {
  const { _csrf, ...fields } = formFields(ctx)
  return fields
}

function formFields(ctx: SiteContext): Record<string, unknown> {
  const { body } = ctx.request as { body?: unknown }
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}
