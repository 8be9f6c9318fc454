import type { IncomingMessage } from 'node:http'
import { ServiceError } from '../../errors.ts'

/** More than a boundary, its headers and the token need. */
const LONGEST_HEAD = 2000
const TOKEN_FIELD = /^[^\r\n]*;\s*name="_csrf"\r\n\r\n([\w.~-]{1,200})\r\n/i
const PAUSE_MS = 20_000

/** True for a form with files. */
export function isMultipart(request: IncomingMessage): boolean {
  return /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')
}

/**
 * Resolves to the `_csrf` field of a multipart body if it is the first part, as in all our forms; otherwise to an empty string. It consumes
 * nothing: the next reader gets the whole body.
 * @throws ServiceError `request_timeout`
 */
export async function leadingToken(request: IncomingMessage): Promise<string> {
  const [, boundary = ''] = /\bboundary="?([^";]+)"?/i.exec(request.headers['content-type'] ?? '') ?? []
  const head = (await peek(request)).toString('latin1')
  const mark = `--${boundary}`
  const part = head.startsWith(`${mark}\r\n`) ? head.slice(mark.length + 2, LONGEST_HEAD) : ''
  const field = TOKEN_FIELD.exec(part)
  return field?.[1] && part.startsWith(mark, field[0].length) ? field[1] : ''
}

/** Reads the first bytes of a body and puts them back. */
async function peek(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(tooSlow())), PAUSE_MS)
    const end = (settle: () => void) => {
      clearTimeout(timer)
      request.off('readable', read).off('end', stop).off('close', stop)
      if (chunks.length > 0 && !request.readableEnded) request.unshift(Buffer.concat(chunks))
      settle()
    }
    const stop = () => end(resolve)
    const read = () => {
      const chunk = request.read() as Buffer | null
      if (chunk !== null) chunks.push(chunk)
      const size = chunks.reduce((sum, { length }) => sum + length, 0)
      const isAll = chunk === null && request.complete && chunks.length > 0
      if (isAll || size >= LONGEST_HEAD || isWhole(Buffer.concat(chunks))) stop()
    }
    request.on('readable', read).on('end', stop).on('close', stop)
  })
  // a stream removes a "readable" listener only on the next tick; until then, no one else can read it
  await new Promise((resolve) => setImmediate(resolve))
  return Buffer.concat(chunks)
}

/** True if `head` has the first part and the boundary after it, or the end of a shorter body. */
function isWhole(head: Buffer): boolean {
  return head.toString('latin1').split('\r\n--').length > 2
}

function tooSlow(): ServiceError {
  return new ServiceError('request_timeout', 'The body took too long.', { headers: { Connection: 'close' } })
}
