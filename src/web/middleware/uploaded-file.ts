import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import formidable from 'formidable'
import { ServiceError } from '../../errors.ts'

export interface UploadRules {
  /** Name of the field in a multipart body. */
  field: string
  limitBytes: number
  /** How long the sender may pause; as a whole, a request ends after the five minutes of Node's `requestTimeout`. */
  pauseMs?: number
}

const LONGEST_PAUSE_MS = 20_000

/** Codes of formidable, as its source has them. */
const TOO_LARGE = new Set([1006, 1009, 1016])
const TOO_MANY_FILES = 1015

export interface NamedUpload {
  /** As the sender calls it, not to be trusted; null where it has no name. */
  filename: string | null
  pieces: AsyncIterable<Uint8Array>
}

/**
 * The bytes of a file that a request carries: its whole body, or one field of a multipart one, in pieces as they come.
 * @throws ServiceError, also while the pieces are read: `payload_too_large`, `unsupported_media_type`, `request_timeout` when the sender
 * pauses, `bad_request` when it goes away or the multipart body is malformed, `invalid_request` without the field
 */
export async function uploadedFile(request: IncomingMessage, rules: UploadRules): Promise<AsyncIterable<Uint8Array>> {
  return (await namedUpload(request, rules)).pieces
}

/** The same with the name that a multipart body gives it. @throws ServiceError as {@link uploadedFile} */
export async function namedUpload(request: IncomingMessage, rules: UploadRules): Promise<NamedUpload> {
  const { headers } = request
  if (Number(headers['content-length']) > rules.limitBytes + MULTIPART_ALLOWANCE) throw tooLarge(rules)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new ServiceError('unsupported_media_type', 'Send the file without Content-Encoding.')
  }
  const isMultipart = /^multipart\//i.test(headers['content-type'] ?? '')
  const { filename, pieces } = isMultipart
    ? await inTime(multipartField(request, rules), rules)
    : { filename: null, pieces: wholeBody(request) }
  return { filename, pieces: limited(pieces, rules) }
}

/** Boundaries and headers around a file of the largest size. */
const MULTIPART_ALLOWANCE = 10_000

async function* limited(source: AsyncIterable<Uint8Array>, rules: UploadRules): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  let bytes = 0
  try {
    for (let next = await inTime(pieces.next(), rules); next.done !== true; next = await inTime(pieces.next(), rules)) {
      bytes += next.value.length
      if (bytes > rules.limitBytes) throw tooLarge(rules)
      yield next.value
    }
  } finally {
    // not awaited: a source that still waits for the sender ends with the connection
    void pieces.return?.().catch(() => undefined)
  }
}

function inTime<T>(awaited: Promise<T>, { pauseMs = LONGEST_PAUSE_MS }: UploadRules): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow()), pauseMs)
    awaited.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** When reading ends early the rest is discarded, so that the sender can still read the answer. */
async function* wholeBody(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) yield piece as Buffer
  } catch (cause) {
    throw new ServiceError('bad_request', 'The body ended early.', { cause })
  } finally {
    request.resume()
  }
}

/** Resolves when the field begins; what goes wrong later is thrown while it is read. */
function multipartField(request: IncomingMessage, rules: UploadRules): Promise<NamedUpload> {
  const file = new PassThrough()
  return new Promise((resolve, reject) => {
    const form = formidable({
      maxFiles: 1,
      maxFileSize: rules.limitBytes,
      maxTotalFileSize: rules.limitBytes,
      allowEmptyFiles: true,
      minFileSize: 0,
      filter: ({ name }) => name === rules.field,
      fileWriteStreamHandler: (persistent) => {
        const { originalFilename } = (persistent ?? {}) as { originalFilename?: string | null }
        resolve({ filename: originalFilename ?? null, pieces: releasing(request, file, refusal) })
        return file
      },
    })
    limitPartHeaders(form)
    form.onPart = (part) => {
      if (part.name === rules.field) part.mimetype ||= 'application/octet-stream' // formidable takes a part without a type for a text
      return form._handlePart(part)
    }
    const refusal = form.parse(request).then(
      ([, files]) => (files[rules.field] ? null : missing(rules)),
      (error: unknown) => explain(error, rules),
    )
    void refusal.then(reject)
  })
}

/** What formidable 3.5.4 does inside, as far as `limitPartHeaders` uses it. */
interface FormInside {
  use(plugin: (form: FormInside) => unknown): void
  _parser: { prependListener(event: 'data', listener: (part: { name: string; start?: number; end?: number }) => void): void } | null
  _getFileName(header: string): string | null
  _error(error: Error): void
}

/** Of all parts of a body together, in bytes. */
const LONGEST_HEADERS = 16_384
const LONGEST_HEADER = 2000

/** formidable keeps headers of any number and length, and looks for a file's name by a pattern that takes quadratic time. */
function limitPartHeaders(form: unknown): void {
  const inside = form as FormInside
  inside._getFileName = (header) => (header.length > LONGEST_HEADER ? null : fileNameIn(header))
  let bytes = 0
  inside.use((self) => {
    self._parser?.prependListener('data', ({ name, start = 0, end = 0 }) => {
      if (name === 'headerField' || name === 'headerValue') bytes += end - start
      if (bytes > LONGEST_HEADERS) self._error(new Error(`The headers of the parts are longer than ${LONGEST_HEADERS} bytes.`))
    })
    return self
  })
}

/** The file's name in a Content-Disposition, with quotation marks as curl (`\\"`) and browsers (`%22`) write them; `filename*` comes first. */
function fileNameIn(header: string): string | null {
  const encoded = /;\s*filename\*=(utf-8|iso-8859-1)'[^';]*'([^\s;]+)/i.exec(header)
  const extended = encoded && decodeName(encoded[1] ?? '', encoded[2] ?? '')
  if (extended) return extended
  const given = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(header)
  const name = given?.[1]?.replace(/\\(["\\])/g, '$1') ?? given?.[2]
  return name?.replace(/%22/g, '"') ?? null
}

function decodeName(charset: string, encoded: string): string | null {
  try {
    if (charset.toLowerCase() === 'utf-8') return decodeURIComponent(encoded)
    return encoded.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  } catch {
    return null
  }
}

/** Ends well only when all of the body was in order; lets go of what is left of it when reading ends early. */
async function* releasing(request: IncomingMessage, file: PassThrough, refusal: Promise<ServiceError | null>): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of file) yield piece as Buffer
  } catch (error) {
    throw (await refusal) ?? error
  } finally {
    file.destroy()
    request.resume()
  }
  const late = await refusal
  if (late) throw late
}

function explain(error: unknown, rules: UploadRules): ServiceError {
  const { code } = error as { code?: unknown }
  if (typeof code === 'number' && TOO_LARGE.has(code)) return tooLarge(rules)
  if (code === TOO_MANY_FILES)
    return new ServiceError('invalid_request', 'Send one file.', { errors: [{ path: rules.field, message: 'is there more than once' }] })
  return new ServiceError('bad_request', 'The multipart body is malformed or ended early.', { cause: error })
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
