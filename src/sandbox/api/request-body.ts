/** The body of a request: read once as bytes, then parsed by its content type. */
import type { IncomingMessage } from 'node:http'
import { badRequest, LeverError } from './lever-error.ts'

const MOST_BYTES = 35 * 1024 * 1024

export type RequestBody =
  | { kind: 'none' }
  | { kind: 'json'; value: unknown }
  | { kind: 'form'; fields: [name: string, value: string][]; files: [name: string, file: UploadedFile][] }

export interface UploadedFile {
  name: string
  contentType: string
  bytes: Buffer
}

/** @throws LeverError 400 beyond 35 MB (Lever takes files of 30 MB) */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) throw badRequest('The request is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** @throws LeverError 400 if the bytes do not match the content type */
export async function understandBody(bytes: Buffer, contentType: string): Promise<RequestBody> {
  if (bytes.length === 0) return { kind: 'none' }
  if (contentType.startsWith('multipart/form-data') || contentType.startsWith('application/x-www-form-urlencoded'))
    return readForm(bytes, contentType)
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) }
  } catch (error) {
    throw new LeverError(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function readForm(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData().catch(() => {
    throw badRequest('The form cannot be read')
  })
  const body: RequestBody = { kind: 'form', fields: [], files: [] }
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') body.fields.push([name, value])
    else
      body.files.push([
        name,
        { name: value.name, contentType: value.type || 'application/octet-stream', bytes: Buffer.from(await value.arrayBuffer()) },
      ])
  }
  return body
}

/** The JSON value or, for a form, its fields as an object (a name given twice becomes a list). */
export function plainBody(body: RequestBody): unknown {
  if (body.kind === 'none') return {}
  if (body.kind === 'json') return body.value
  const plain: Record<string, string | string[]> = {}
  for (const [name, value] of body.fields) plain[name] = name in plain ? [plain[name] as string | string[], value].flat() : value
  return plain
}
