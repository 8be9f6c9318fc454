/** Files from a form that Lever accepts (Lever's API documentation). */
import { extname } from 'node:path'
import { badRequest } from './lever-error.ts'
import type { RequestBody, UploadedFile } from './request-body.ts'

const MOST_BYTES = 30 * 1024 * 1024
/** File types that are read as documents; other files are stored unread. */
const READABLE = new Set(['doc', 'docx', 'pdf', 'txt'])

/** @throws LeverError 400 without a file named `file`, or for one of more than 30 MB */
export function uploadedFile(body: RequestBody): UploadedFile {
  const file = body.kind === 'form' ? body.files.find(([name]) => name === 'file')?.[1] : undefined
  if (!file) throw badRequest('file is required')
  return checkedFile(file)
}

/** @throws LeverError 400 above 30 MB (the status is assumed) */
export function checkedFile(file: UploadedFile): UploadedFile {
  if (file.bytes.length > MOST_BYTES) throw badRequest(`${file.name} is larger than 30 MB`)
  return file
}

export function extensionOf(name: string): string {
  return extname(name).slice(1)
}

/** `error`: the file cannot be downloaded either. */
export function fileStatus(name: string, size: number): 'processed' | 'unsupported' | 'error' {
  if (size === 0) return 'error'
  return READABLE.has(extensionOf(name).toLowerCase()) ? 'processed' : 'unsupported'
}
