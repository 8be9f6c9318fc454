import { z } from 'zod'
import type { LeverAnswer } from './exchange.ts'
import { LeverCallError } from './lever-call-error.ts'
import { retryAfterMs } from './retry-delay.ts'

const DEEPEST = 64

/** Lever's API documentation: `{"code":"…","message":"…"}`, nothing per field. Proxies answer differently. */
const ErrorBody = z.object({ code: z.string().nullable().catch(null), message: z.string().nullable().catch(null) })

/**
 * Reads the body of an answer.
 * @throws LeverCallError `status` for 4xx and 5xx, `redirect` for 3xx, `unreadable` if a 2xx does not match the schema
 */
export function readAnswer<S extends z.ZodType>(answer: LeverAnswer, schema: S, call: string): z.output<S> {
  const { status } = answer
  if (status < 200 || status >= 300) throw refusalOf(answer, call)
  const parsed = schema.safeParse(readJson(answer.text, () => new LeverCallError({ kind: 'unreadable', call, httpStatus: status })))
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`)
  throw new LeverCallError({ kind: 'unreadable', call, httpStatus: status, cause: new Error(`not as expected: ${paths.join(', ')}`) })
}

function refusalOf({ status, text, retryAfter }: LeverAnswer, call: string): LeverCallError {
  const body = ErrorBody.safeParse(readJson(text, () => null)).data
  return new LeverCallError({
    kind: status >= 300 && status < 400 ? 'redirect' : 'status',
    call,
    httpStatus: status,
    leverCode: body?.code ?? null,
    leverMessage: body?.message ?? null,
    retryAfterMs: retryAfterMs(retryAfter),
  })
}

/** An empty body (204) is `undefined`. */
function readJson(text: string, onFault: () => LeverCallError | null): unknown {
  if (text.trim() === '') return undefined
  try {
    if (!isTooDeep(text)) return JSON.parse(text) as unknown
  } catch {
    // handled like an answer that is too deep
  }
  const fault = onFault()
  if (fault) throw fault
  return undefined
}

/**
 * True if brackets outside of strings nest deeper than in any answer from Lever. Millions of them take the parser seconds and a gigabyte.
 */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length && depth <= DEEPEST; at += 1) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
  }
  return depth > DEEPEST
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
