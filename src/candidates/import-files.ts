import { pipeline } from 'node:stream/promises'
import mongoose, { type Types } from 'mongoose'
import { CandidateImportModel } from './candidate-import-model.ts'
import { dropUnfinishedFiles } from './unfinished-files.ts'

const BUCKET = 'candidate_import_files'
/** Files that nobody reads are deleted after this time. */
export const ORPHAN_AFTER_MS = 24 * 3_600_000

/** Keeps a file until its import has read it. Resolves when it is durable; a source that breaks off leaves nothing behind. */
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

export function readFile(file: Types.ObjectId): AsyncIterable<Uint8Array> {
  return bucket().openDownloadStream(file)
}

/** False where it is not there any more. */
export async function hasFile(file: Types.ObjectId): Promise<boolean> {
  return (await bucket().find({ _id: file }, { limit: 1 }).toArray()).length > 0
}

export async function dropFile(file: Types.ObjectId): Promise<void> {
  if (await hasFile(file)) await bucket().delete(file)
}

/** Deletes files of yesterday and before that no running import reads, whole or not: left behind where a process was killed. For a job. */
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
  const { db } = CandidateImportModel.db
  if (!db) throw new Error('the database is not connected')
  return new mongoose.mongo.GridFSBucket(db, { bucketName: BUCKET })
}
