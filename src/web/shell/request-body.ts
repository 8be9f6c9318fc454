import type { IncomingMessage } from 'node:http'
import { ServiceError } from '../../errors.ts'

/** How long a sender may be silent within a body. The whole request ends after the five minutes of Node's `requestTimeout`. */
const LONGEST_SILENCE_MS = 20_000

/**
 * Reads a body until its sender is silent for {@link LONGEST_SILENCE_MS}. `read` must start reading before it first awaits anything.
 * @throws ServiceError `request_timeout`
 */
export async function unlessSilent<T>(request: IncomingMessage, read: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), LONGEST_SILENCE_MS)
  })
  const onData = () => timer?.refresh()
  request.on('data', onData)
  try {
    return await Promise.race([read(), silence])
  } finally {
    clearTimeout(timer)
    request.off('data', onData)
  }
}

function tooSlow(): ServiceError {
  return new ServiceError('request_timeout', 'The body took too long.', { headers: { Connection: 'close' } })
}

/**
 * Resolves to the whole body as bytes. Bytes above the limit are left unread for Node to discard, so that the sender can read the answer.
 * @param withinMs how long the whole body may take; without it, only the sender's silence is limited
 * @throws ServiceError `payload_too_large`, `request_timeout`, `bad_request` if the sender disconnects
 */
export function readBytes(request: IncomingMessage, limitBytes: number, withinMs?: number): Promise<Buffer> {
  return withinMs === undefined ? unlessSilent(request, () => collect(request, limitBytes)) : collect(request, limitBytes, withinMs)
}

function collect(request: IncomingMessage, limitBytes: number, withinMs?: number): Promise<Buffer> {
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
    const timer = withinMs === undefined ? undefined : setTimeout(() => finish(() => reject(tooSlow())), withinMs)
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/** True if the request declares a body. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}
