import { pipeline } from 'node:stream/promises'
import mongoose, { type Types } from 'mongoose'
import { CandidateImportModel } from './candidate-import-model.ts'
import { deleteFile } from './delete-file.ts'
import { dropUnfinishedFiles } from './unfinished-files.ts'

const BUCKET = 'candidate_import_files'
/** Files that no import reads are deleted after this time. */
export const ORPHAN_AFTER_MS = 24 * 3_600_000

/**
 * Stores a file until its import has read it. Resolves when it is durable; if the source fails, nothing is left
 * behind.
 */
export async function keepFile(chunks: AsyncIterable<Uint8Array>): Promise<Types.ObjectId> {
  const upload = bucket().openUploadStream('import.csv', { writeConcern: { w: 'majority', j: true } })
  try {
    await pipeline(chunks, upload)
  } catch (error) {
    await upload.abort().catch(() => undefined)
    throw error
  }
  return upload.id
}

/**
 * Returns the bytes of a stored file, with one chunk of 255 KB in memory at a time; a GridFS stream would request 16
 * MB at once.
 * @throws Error if the file does not exist, or is deleted while it is read
 */
export async function* readFile(file: Types.ObjectId): AsyncGenerator<Uint8Array> {
  const [about] = await bucket().find({ _id: file }, { limit: 1 }).toArray()
  if (!about) throw new Error('The file does not exist.')
  const chunks = database().collection<{ files_id: Types.ObjectId; n: number; data: mongoose.mongo.Binary }>(`${BUCKET}.chunks`)
  let bytes = 0
  for (let n = 0; bytes < about.length; n += 1) {
    const chunk = await chunks.findOne({ files_id: file, n })
    if (!chunk) throw new Error('The file was deleted while it was read.')
    bytes += chunk.data.length()
    yield chunk.data.buffer.subarray(0, chunk.data.length())
  }
}

export async function hasFile(file: Types.ObjectId): Promise<boolean> {
  return (await bucket().find({ _id: file }, { limit: 1 }).toArray()).length > 0
}

export async function dropFile(file: Types.ObjectId): Promise<void> {
  if (await hasFile(file)) await deleteFile(BUCKET, file)
}

/**
 * Deletes the stored files of an organization's imports. May be repeated.
 * @returns the number deleted
 */
export async function dropImportFilesOf(organization: string): Promise<number> {
  let dropped = 0
  for await (const { file } of CandidateImportModel.find({ organization }, { file: 1 }).lean().cursor()) {
    if (!(await hasFile(file))) continue
    await deleteFile(BUCKET, file)
    dropped += 1
  }
  return dropped
}

/**
 * Deletes files older than a day that no running import reads, complete or not. Killed processes leave such files
 * behind. For a job.
 */
export async function dropOrphanedFiles(): Promise<number> {
  const unfinished = await dropUnfinishedFiles(BUCKET)
  const old = await bucket().find({ uploadDate: { $lt: new Date(Date.now() - ORPHAN_AFTER_MS) } }).toArray() // prettier-ignore
  const reading = await CandidateImportModel.distinct('file', { status: 'running', file: { $in: old.map(({ _id }) => _id) } })
  const kept = new Set(reading.map(String))
  const orphans = old.filter(({ _id }) => !kept.has(String(_id)))
  for (const { _id } of orphans) await dropFile(_id)
  return orphans.length + unfinished
}

function bucket(): mongoose.mongo.GridFSBucket {
  return new mongoose.mongo.GridFSBucket(database(), { bucketName: BUCKET })
}

function database(): mongoose.mongo.Db {
  const { db } = CandidateImportModel.db
  if (!db) throw new Error('the database is not connected')
  return db
}
