import { createHash, type Hash } from 'node:crypto'
import { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { DUE_NOW, NEVER } from '../work/work-fields.ts'
import { CandidateImportModel, type CandidateImportDocument } from './candidate-import-model.ts'
import { openCsv } from './csv/csv-candidates.ts'
import { ignoredColumns } from './csv/csv-header.ts'
import type { Entering } from './erased-people.ts'
import { evenPieces } from './even-pieces.ts'
import { holdBytes, type HeldBytes } from './held-bytes.ts'
import { importCsv } from './import-csv.ts'
import { dropFile, keepFile } from './import-files.ts'
import { openTable } from './xlsx/spreadsheet-as-csv.ts'
import { keepRejections, listRejections, rejectionsCsv } from './import-rejections.ts'
import type { RowWarning } from './import-rows.ts'
import { keepWarnings, listWarnings } from './import-warnings.ts'
import type { NoteImportEnd } from './note-import-end.ts'

/** In bytes. A longer file is imported in the background. */
export const LONGEST_AT_ONCE = 1024 * 1024
const KEPT_MS = 30 * 24 * 3_600_000

export interface ImportStart {
  importId: string
  /** True for a short file, which is imported before the response. */
  ended: boolean
}

/** A file that was received completely: a short file is in memory, a longer one in the database. */
export interface ReceivedFile {
  /** SHA-256 of its bytes. */
  digest: string
  pieces: readonly Uint8Array[]
  kept: ({ file: Types.ObjectId } & FileColumns) | null
}

interface FileColumns {
  columns: string[]
  ignoredColumns: string[]
}

export interface ImportOptions {
  /** The sender of the file, as the audit trail names it. */
  actor: string
  /** Allows people who were erased to be created again. */
  allowErased?: boolean | undefined
}

export interface ImportProgress {
  status: CandidateImportDocument['status']
  linesDone: number
  created: number
  updated: number
  rejected: { line: number; message: string }[]
  rejectedCount: number
  /** The first 1,000 warnings about imported rows. */
  warnings: RowWarning[]
  warningCount: number
  /** The names of the file's columns that fill no field. */
  ignoredColumns: string[]
  error: { code: string; detail: string } | null
}

/**
 * Receives a file for `use`, and afterwards deletes whatever no import has taken. An .xlsx file is read as a CSV file
 * with the rows of its first visible sheet.
 * @throws ServiceError `invalid_request` for a file over 1 MB without a usable header row or a spreadsheet that
 * cannot be read, `too_many_requests` when too many files are being received; what `chunks` and `use` throw
 */
export async function withReceivedFile<T>(
  organization: string,
  chunks: AsyncIterable<Uint8Array>,
  use: (file: ReceivedFile) => Promise<T>,
): Promise<T> {
  const held = holdBytes()
  try {
    const file = await receiveFile((await openTable(chunks, held)).pieces, held)
    try {
      return await use(file)
    } finally {
      const isTaken = file.kept === null || (await CandidateImportModel.exists({ organization, file: file.kept.file }))
      if (file.kept !== null && !isTaken) await dropFile(file.kept.file)
    }
  } finally {
    held.release()
  }
}

async function receiveFile(chunks: AsyncIterable<Uint8Array>, held: HeldBytes): Promise<ReceivedFile> {
  const hash = createHash('sha256')
  const source = hashing(evenPieces(chunks), hash)
  try {
    const { pieces, isAll } = await readHead(source, held)
    if (isAll) return { digest: hash.digest('hex'), pieces, kept: null }
    const columns = await columnsOf(pieces)
    const file = await keepFile(rejoin(pieces, source))
    return { digest: hash.digest('hex'), pieces: [], kept: { file, ...columns } }
  } finally {
    await source.return(undefined)
  }
}

async function* hashing(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array, undefined> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

/**
 * Imports a file: one of up to 1 MB before it resolves, a longer one in a worker.
 * @throws ServiceError `invalid_request` without a usable header row
 */
export async function importFile(
  organization: string,
  { pieces, kept }: ReceivedFile,
  { noteEnd, actor, ...entering }: Entering & { actor: string; noteEnd: NoteImportEnd },
): Promise<ImportStart> {
  if (kept) return { importId: await startImport({ organization, actor }, kept, entering), ended: false }
  const columns = await columnsOf(pieces)
  const outcome = await importCsv(organization, () => rejoin(pieces), entering)
  const importId = await keepEnded({ organization, actor }, columns, outcome)
  const { created, updated, rejectedCount } = outcome
  noteEnd({ organization, import: importId, outcome: 'finished', created, updated, rejected: rejectedCount })
  return { importId, ended: true }
}

/** Reads the whole file, or one piece past the limit. */
async function readHead(source: AsyncIterator<Uint8Array>, held: HeldBytes): Promise<{ pieces: Uint8Array[]; isAll: boolean }> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  while (bytes <= LONGEST_AT_ONCE) {
    const next = await source.next()
    if (next.done === true) return { pieces, isAll: true }
    held.add(next.value.length)
    pieces.push(next.value)
    bytes += next.value.length
  }
  return { pieces, isAll: false }
}

/**
 * Returns the progress of an import. `actor` limits the result to imports by that person or API key; without it, any
 * import of the organization is found.
 * @throws ServiceError `not_found`
 */
export async function getImport(organization: string, id: string, actor: string | undefined): Promise<ImportProgress> {
  const found = await findImport(organization, id, actor)
  const { status, linesDone, created, updated, rejectedCount, warningCount, ignoredColumns: ignored, error } = found
  return {
    status,
    linesDone,
    created,
    updated,
    rejected: await listRejections(found),
    rejectedCount,
    warnings: await listWarnings(found),
    warningCount: warningCount ?? 0,
    ignoredColumns: ignored ?? [],
    error: error ? { code: error.code ?? 'internal_error', detail: error.detail ?? '' } : null,
  }
}

/**
 * Returns the rejected rows that are kept so far, as CSV. `actor` works as in {@link getImport}.
 * @throws ServiceError `not_found`
 */
export async function getRejectedCsv(organization: string, id: string, actor: string | undefined): Promise<AsyncIterable<string>> {
  return rejectionsCsv(await findImport(organization, id, actor))
}

async function findImport(organization: string, id: string, actor: string | undefined): Promise<CandidateImportDocument> {
  const owner = actor === undefined ? {} : { actor }
  const found = Types.ObjectId.isValid(id)
    ? await CandidateImportModel.findOne({ _id: id, organization, ...owner }).lean<CandidateImportDocument>()
    : null
  if (!found) throw new ServiceError('not_found', 'There is no such import.')
  return found
}

/** @throws ServiceError `invalid_request` if these first bytes of a file contain no usable header row */
async function columnsOf(head: readonly Uint8Array[]): Promise<FileColumns> {
  const { header, close } = await openCsv(rejoin(head))
  await close()
  return { columns: header.names, ignoredColumns: ignoredColumns(header) }
}

interface Owner {
  organization: string
  actor: string
}

async function startImport(
  owner: Owner,
  { file, ...columns }: NonNullable<ReceivedFile['kept']>,
  { allowErased }: Pick<Entering, 'allowErased'>,
): Promise<string> {
  const fields = { ...owner, status: 'running', file, ...columns, allowErased, ...retention(), dueAt: DUE_NOW, lane: 1 } as const
  const started = await CandidateImportModel.create(fields)
  return started._id.toHexString()
}

async function keepEnded(
  owner: Owner,
  columns: FileColumns,
  { rejected, warnings, ...done }: Awaited<ReturnType<typeof importCsv>>,
): Promise<string> {
  const times = { ...retention(), dueAt: NEVER, finishedAt: new Date() }
  const ended = new CandidateImportModel({ ...owner, status: 'finished', file: new Types.ObjectId(), ...columns, ...done, ...times })
  await CandidateImportModel.db.transaction(async (session) => {
    await ended.save({ session })
    await keepRejections(ended, rejected, session)
    await keepWarnings(ended, warnings, session)
  })
  return ended._id.toHexString()
}

function retention(): { expiresAt: Date } {
  return { expiresAt: new Date(Date.now() + KEPT_MS) }
}

async function* rejoin(head: readonly Uint8Array[], rest?: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head
  for (let next = await rest?.next(); next && next.done !== true; next = await rest?.next()) yield next.value
}
