import { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { CandidateImportModel, type CandidateImportDocument } from './candidate-import-model.ts'
import { openCsv } from './csv/csv-candidates.ts'
import type { Entering } from './erased-people.ts'
import { importCsv, MOST_REJECTED, type ImportSummary } from './import-csv.ts'
import { keepFile } from './import-files.ts'
import { listRejections, rejectionsCsv } from './import-rejections.ts'

/** A longer file is imported in the background. */
export const LONGEST_AT_ONCE = 1024 * 1024
const KEPT_MS = 30 * 24 * 3_600_000
/** Due at once, whatever this process' clock says. */
const AT_ONCE = new Date(0)

export type ImportStart = { summary: ImportSummary } | { importId: string }

export interface ImportProgress {
  status: CandidateImportDocument['status']
  linesDone: number
  created: number
  updated: number
  rejected: { line: number; message: string }[]
  rejectedCount: number
  error: { code: string; detail: string } | null
}

/**
 * Imports a CSV file: one of at most 1 MB before it resolves; a longer one is kept, and imported by a worker.
 * @throws ServiceError `invalid_request` without a usable header row; what `chunks` throws
 */
export async function importFile(organization: string, chunks: AsyncIterable<Uint8Array>, entering: Entering): Promise<ImportStart> {
  const source = chunks[Symbol.asyncIterator]()
  try {
    const head = await readHead(source)
    if (head.isAll) return { summary: await importCsv(organization, rejoin(head.pieces), entering) }
    const columns = await columnsOf(Buffer.concat(head.pieces))
    return { importId: await startImport(organization, rejoin(head.pieces, source), { ...entering, columns }) }
  } finally {
    await source.return?.()
  }
}

/** The file, or what of it goes beyond the limit by one piece. */
async function readHead(source: AsyncIterator<Uint8Array>): Promise<{ pieces: Uint8Array[]; isAll: boolean }> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  while (bytes <= LONGEST_AT_ONCE) {
    const next = await source.next()
    if (next.done === true) return { pieces, isAll: true }
    pieces.push(next.value)
    bytes += next.value.length
  }
  return { pieces, isAll: false }
}

/** @throws ServiceError `not_found` */
export async function getImport(organization: string, id: string): Promise<ImportProgress> {
  const { _id, status, linesDone, created, updated, rejectedCount, error } = await findImport(organization, id)
  return {
    status,
    linesDone,
    created,
    updated,
    rejected: await listRejections(_id, MOST_REJECTED),
    rejectedCount,
    error: error ? { code: error.code ?? 'internal_error', detail: error.detail ?? '' } : null,
  }
}

/** All rows that an import in the background has not taken so far, as a CSV. @throws ServiceError `not_found` */
export async function getRejectedCsv(organization: string, id: string): Promise<AsyncIterable<string>> {
  const { _id, columns } = await findImport(organization, id)
  return rejectionsCsv(_id, columns)
}

async function findImport(organization: string, id: string): Promise<CandidateImportDocument> {
  const found = Types.ObjectId.isValid(id)
    ? await CandidateImportModel.findOne({ _id: id, organization }).lean<CandidateImportDocument>()
    : null
  if (!found) throw new ServiceError('not_found', 'There is no such import.')
  return found
}

/** @throws ServiceError `invalid_request` when these first bytes of a file hold no usable header row */
async function columnsOf(head: Uint8Array): Promise<string[]> {
  const { header, close } = await openCsv(rejoin([head]))
  await close()
  return header.names
}

type ImportTerms = Pick<Entering, 'allowErased'> & { columns: string[] }

async function startImport(
  organization: string,
  chunks: AsyncIterable<Uint8Array>,
  { allowErased, columns }: ImportTerms,
): Promise<string> {
  const file = await keepFile(chunks)
  const expiresAt = new Date(Date.now() + KEPT_MS)
  const fields = { organization, status: 'running', file, columns, allowErased, expiresAt, dueAt: AT_ONCE, lane: 1 } as const
  const started = await CandidateImportModel.create(fields)
  return started._id.toHexString()
}

async function* rejoin(head: Uint8Array[], rest?: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head
  for (let next = await rest?.next(); next && next.done !== true; next = await rest?.next()) yield next.value
}
