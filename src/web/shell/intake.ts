import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { ServiceError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { noteFailure } from './answer-errors.ts'
import type { NoteServed } from './request-log.ts'
import { toProblem } from './problem.ts'

/**
 * An address that programs post to in bursts. It is served before the site, because language, cookies, routing and the rest of what pages
 * and the API need cost several times as much as the intake.
 */
export interface Intake {
  /** The route as log and metrics name it, ending in its only parameter: `/webhooks/lever/:endpointKey`. */
  route: string
  /**
   * Reads the request and resolves to the body of the 200.
   * @throws ServiceError when it refuses the request
   */
  take(parameter: string, request: IncomingMessage): Promise<object>
}

export interface IntakeSurroundings {
  log: Log
  noteServed: NoteServed
  /** Set on every answer. */
  headers: Readonly<Record<string, string>>
}

type Site = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Serves requests to the intakes and passes all others to `site`. */
export function answerAhead(intakes: readonly Intake[], surroundings: IntakeSurroundings, site: Site): RequestListener {
  const byPrefix = intakes.map((intake) => ({ intake, prefix: intake.route.slice(0, intake.route.indexOf(':')) }))
  const everyAnswer = Object.entries({ ...surroundings.headers, 'Cache-Control': 'no-store' }).flat()

  return (request, response) => {
    const { url = '' } = request
    const found = byPrefix.find(({ prefix }) => url.startsWith(prefix))
    const parameter = found && PARAMETER.exec(url.slice(found.prefix.length))?.[1]
    if (found && parameter !== undefined) void answer(request, response, { ...surroundings, ...found, parameter, everyAnswer })
    else void site(request, response)
  }
}

/** The rest of the address, without a trailing slash and a query. */
const PARAMETER = /^([^/?]+)\/?(?:\?.*)?$/

interface Passage extends IntakeSurroundings {
  intake: Intake
  parameter: string
  everyAnswer: readonly string[]
}

async function answer(request: IncomingMessage, response: ServerResponse, passage: Passage): Promise<void> {
  const startedAt = performance.now()
  const requestId = randomUUID()
  const { status, type, body, headers } = await run(request, requestId, passage)
  const content = status === 204 ? [] : ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))]
  response.writeHead(status, ['X-Request-Id', requestId, ...content, ...passage.everyAnswer, ...headers])
  response.end(request.method === 'HEAD' ? undefined : body)
  const durationMs = Math.round(performance.now() - startedAt)
  passage.noteServed({ method: request.method ?? '', route: passage.intake.route, status, durationMs }, { requestId })
}

interface Outcome {
  status: number
  type: string
  body: string
  /** Alternating names and values. */
  headers: readonly string[]
}

async function run(request: IncomingMessage, requestId: string, { intake, parameter, log }: Passage): Promise<Outcome> {
  try {
    if (request.method === 'OPTIONS') return { status: 204, type: 'text/plain', body: '', headers: ['Allow', ALLOW] }
    if (request.method !== 'POST')
      throw new ServiceError('method_not_allowed', `${request.method} is not possible here.`, { headers: { Allow: ALLOW } })
    const body = JSON.stringify(await intake.take(parameter, request))
    return { status: 200, type: 'application/json; charset=utf-8', body, headers: [] }
  } catch (thrown) {
    const error = noteFailure(log, requestId, thrown)
    const body = JSON.stringify(toProblem(error, requestId))
    return { status: error.status, type: 'application/problem+json', body, headers: Object.entries(error.headers).flat() }
  }
}

const ALLOW = 'POST, OPTIONS'
