import type { IncomingMessage } from 'node:http'
import { ServiceError } from '../../errors.ts'

/** How long a body may take; who sends slower holds a connection for nothing. */
const BODY_TIMEOUT_MS = 20_000

/**
 * The whole body as bytes. What is over the limit is left unread, for Node to discard, so that the sender can read why.
 * @throws ServiceError `payload_too_large`, `request_timeout`, `bad_request` when the sender goes away
 */
export function readBytes(request: IncomingMessage, limitBytes: number, timeoutMs = BODY_TIMEOUT_MS): Promise<Buffer> {
  const tooLarge = () => new ServiceError('payload_too_large', `The body is larger than ${limitBytes} bytes.`)
  if (Number(request.headers['content-length']) > limitBytes) return Promise.reject(tooLarge())

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      request.pause()
      settle()
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) finish(() => reject(tooLarge()))
      else chunks.push(chunk)
    }
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks)))
    const onGone = () => finish(() => reject(new ServiceError('bad_request', 'The body ended early.')))
    const onSlow = () =>
      finish(() => reject(new ServiceError('request_timeout', 'The body took too long.', { headers: { Connection: 'close' } })))
    const timer = setTimeout(onSlow, timeoutMs)
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/** True when the request says that it has a body. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}
