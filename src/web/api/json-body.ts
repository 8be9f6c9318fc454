import type { IncomingMessage } from 'node:http'
import { ServiceError } from '../../errors.ts'
import { readBytes } from '../shell/request-body.ts'

const LIMIT_BYTES = 1_048_576
const MAX_DEPTH = 64
/** The maximum per object, more than any schema here needs. There is a limit because each unknown member costs validation time. */
const MAX_MEMBERS = 1000
const STRICT_UTF_8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a JSON body strictly: UTF-8 with an optional byte order mark, at most 1 MB, with limits on nesting and on members per object.
 * Resolves to undefined if there is no body: neither a content type nor a byte.
 * @throws ServiceError `unsupported_media_type`, `payload_too_large`, `malformed_json`
 */
export async function readJson(request: IncomingMessage, limitBytes: number = LIMIT_BYTES): Promise<unknown> {
  if (request.headers['content-type'] !== undefined) assertJsonType(request)
  const bytes = await readBytes(request, limitBytes)
  if (request.headers['content-type'] !== undefined) return parseJson(bytes)
  if (bytes.length > 0) assertJsonType(request)
  return undefined
}

function assertJsonType({ headers }: IncomingMessage): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';').map((part) => part.trim()) // prettier-ignore
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length).replaceAll('"', '') // prettier-ignore
  const isJson = type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type)
  if (!isJson) throw new ServiceError('unsupported_media_type', 'Send the body as application/json.')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new ServiceError('unsupported_media_type', 'JSON must be UTF-8.')
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new ServiceError('unsupported_media_type', 'Send the body without Content-Encoding.')
}

/** @throws ServiceError `malformed_json` */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes)
  const { deepest, widest } = sizesOf(text)
  if (deepest > MAX_DEPTH) throw new ServiceError('malformed_json', `The JSON is nested deeper than ${MAX_DEPTH} levels.`)
  if (widest > MAX_MEMBERS) throw new ServiceError('malformed_json', `The JSON has an object with more than ${MAX_MEMBERS} members.`)
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError('malformed_json', text.trim() === '' ? 'The body is empty; JSON is expected.' : 'The body is not JSON.')
  }
}

function decode(bytes: Buffer): string {
  try {
    return STRICT_UTF_8.decode(bytes)
  } catch {
    throw new ServiceError('malformed_json', 'The body is not UTF-8.')
  }
}

/**
 * Returns how deep brackets nest outside of strings, and the largest number of members in an object. Invalid JSON is left to the parser.
 */
function sizesOf(text: string): { deepest: number; widest: number } {
  const members: number[] = []
  let deepest = 0
  let widest = 0
  let isInString = false
  for (let at = 0; at < text.length && deepest <= MAX_DEPTH; at += 1) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at += 1
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') deepest = Math.max(deepest, members.push(0))
    else if (character === ']' || character === '}') members.pop()
    else if (character === ':' && members.length > 0) widest = Math.max(widest, (members[members.length - 1] = (members.at(-1) ?? 0) + 1))
  }
  return { deepest, widest }
}
