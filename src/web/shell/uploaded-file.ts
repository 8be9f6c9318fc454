import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { ServiceError } from '../../errors.ts'

export interface UploadRules {
  /** Name of the field in a multipart body. */
  field: string
  limitBytes: number
  /** How long the sender may pause; the whole request ends after the five minutes of Node's `requestTimeout`. */
  pauseMs?: number
}

const LONGEST_PAUSE_MS = 20_000

export interface NamedUpload {
  /** The sender's name for the file, which is untrusted; null if it has none. */
  filename: string | null
  pieces: AsyncIterable<Uint8Array>
}

/**
 * Resolves to the bytes of an uploaded file, in chunks as they arrive: the whole body, or one field of a multipart body.
 * @throws ServiceError, also while the chunks are read: `payload_too_large`, `unsupported_media_type`, `request_timeout` if the sender
 * pauses, `bad_request` if it disconnects or the multipart body is malformed, `invalid_request` without the field
 */
export async function uploadedFile(request: IncomingMessage, rules: UploadRules): Promise<AsyncIterable<Uint8Array>> {
  return (await namedUpload(request, rules)).pieces
}

/**
 * Like {@link uploadedFile}, with the file name from the multipart body.
 * @throws ServiceError as {@link uploadedFile}
 */
export async function namedUpload(request: IncomingMessage, rules: UploadRules): Promise<NamedUpload> {
  const { headers } = request
  if (Number(headers['content-length']) > rules.limitBytes + MULTIPART_ALLOWANCE) throw tooLarge(rules)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new ServiceError('unsupported_media_type', 'Send the file without Content-Encoding.')
  }
  const isMultipart = /^multipart\//i.test(headers['content-type'] ?? '')
  const { filename, pieces } = isMultipart
    ? await withinTimeLimit(multipartField(request, rules), rules)
    : { filename: null, pieces: wholeBody(request) }
  return { filename, pieces: limited(pieces, rules) }
}

/** Boundaries and headers around a file of the largest size. */
const MULTIPART_ALLOWANCE = 10_000

async function* limited(source: AsyncIterable<Uint8Array>, rules: UploadRules): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  let bytes = 0
  try {
    for (let next = await withinTimeLimit(pieces.next(), rules); next.done !== true; next = await withinTimeLimit(pieces.next(), rules)) {
      bytes += next.value.length
      if (bytes > rules.limitBytes) throw tooLarge(rules)
      yield next.value
    }
  } finally {
    // not awaited: a source that still waits for the sender ends with the connection
    void pieces.return?.().catch(() => undefined)
  }
}

function withinTimeLimit<T>(awaited: Promise<T>, { pauseMs = LONGEST_PAUSE_MS }: UploadRules): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow()), pauseMs)
    awaited.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** If reading ends early, the rest is discarded, so that the sender can still read the answer. */
async function* wholeBody(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) yield piece as Buffer
  } catch (cause) {
    throw new ServiceError('bad_request', 'The body ended early.', { cause })
  } finally {
    request.resume()
  }
}

/**
 * In addition to the file, a form has a few short fields. Excess fields are ignored; the first byte past the limit reveals a file that is
 * too large.
 */
const limitsOf = ({ limitBytes }: UploadRules) => ({
  parts: 100,
  headerPairs: 50,
  headerSize: 4000,
  fieldSize: 10_000,
  fileSize: limitBytes + 1,
})

/** Resolves when the field begins; later errors are thrown while it is read. */
function multipartField(request: IncomingMessage, rules: UploadRules): Promise<NamedUpload> {
  return new Promise((resolve, reject) => {
    const form = openForm(request, rules)
    let given = 0
    const refusal = new Promise<ServiceError | null>((settle) => {
      form.once('finish', () => settle(given === 0 ? missing(rules) : given > 1 ? tooMany(rules) : null))
      form.on('error', (error) => settle(malformed(error)))
      request.once('close', () => request.complete || settle(malformed(new Error('The sender closed the connection.'))))
    })
    form.on('file', (field, file, filename: string | undefined) => {
      file.on('error', () => undefined) // the form reports the same error
      given += field === rules.field ? 1 : 0
      if (field !== rules.field || given > 1) return void file.resume()
      // browsers encode a quotation mark this way
      resolve({ filename: filename?.replaceAll('%22', '"') || null, pieces: releasing(request, { form, file, refusal }) })
    })
    void refusal.then((fault) => fault && reject(fault))
    request.pipe(form)
  })
}

/** @throws ServiceError `bad_request` for a multipart body without a boundary, or of a kind that is not a form */
function openForm({ headers }: IncomingMessage, rules: UploadRules): Busboy {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: limitsOf(rules),
      isPartAFile: (name, _type, filename) => name === rules.field || filename !== undefined,
    })
  } catch (error) {
    throw malformed(error)
  }
}

interface OpenFile {
  form: Busboy
  file: Readable
  refusal: Promise<ServiceError | null>
}

/** Ends normally only if the whole body was valid; if reading ends early, releases the rest. */
async function* releasing(request: IncomingMessage, { form, file, refusal }: OpenFile): AsyncGenerator<Uint8Array> {
  // a sender that disconnects ends the form, not the file
  void refusal.then((fault) => fault && file.destroy(fault))
  let isRead = false
  try {
    for await (const piece of file) yield piece as Buffer
    isRead = true
  } catch (error) {
    throw (await refusal) ?? error
  } finally {
    if (!isRead) request.unpipe(form).resume()
  }
  const late = await refusal
  if (late) throw late
}

function malformed(cause: unknown): ServiceError {
  return new ServiceError('bad_request', 'The multipart body is malformed or ended early.', { cause })
}

function tooMany({ field }: UploadRules): ServiceError {
  return new ServiceError('invalid_request', 'Send one file.', { errors: [{ path: field, message: 'appears more than once' }] })
}

function missing({ field }: UploadRules): ServiceError {
  return new ServiceError('invalid_request', `The multipart field ${field} is missing.`, {
    errors: [{ path: field, message: 'is required' }],
  })
}

function tooSlow(): ServiceError {
  return new ServiceError('request_timeout', 'The body took too long.', { headers: { Connection: 'close' } })
}

function tooLarge({ limitBytes }: UploadRules): ServiceError {
  return new ServiceError('payload_too_large', `The file is larger than ${limitBytes} bytes.`)
}
