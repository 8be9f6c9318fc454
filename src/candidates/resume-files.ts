import { once } from 'node:events'
import mongoose, { Types } from 'mongoose'
import { CandidateModel } from './candidate-model.ts'
import { deleteFile } from './delete-file.ts'
import { RESUME_BUCKET, ResumeFileModel, type ResumeFileDocument } from './resume-file-model.ts'
import { dropUnfinishedFiles } from './unfinished-files.ts'

const DAY_MS = 24 * 3_600_000
/**
 * A file whose process was killed before the candidate pointed to it is deleted after a day. A file that was replaced
 * but not removed is deleted after a month.
 */
const FIRST_CHECK_MS = DAY_MS
const NEXT_CHECK_MS = 30 * DAY_MS
const CHECKED_AT_ONCE = 500

export interface NewResumeFile {
  organization: string
  candidate: string
  filename: string
  contentType: string
  sha256: string
  bytes: Uint8Array
}

/** Stores a file. Resolves to its id when it is durable; a failure leaves nothing behind. */
export async function keepResumeFile({ bytes, filename, ...about }: NewResumeFile): Promise<Types.ObjectId> {
  const metadata = {
    organization: new Types.ObjectId(about.organization),
    candidate: new Types.ObjectId(about.candidate),
    contentType: about.contentType,
    sha256: about.sha256,
    checkAt: new Date(Date.now() + FIRST_CHECK_MS),
  }
  const upload = bucket().openUploadStream(filename, { metadata, writeConcern: { w: 'majority', j: true } })
  try {
    const finished = once(upload, 'finish')
    upload.end(bytes)
    await finished
  } catch (error) {
    await upload.abort().catch(() => undefined)
    throw error
  }
  return upload.id
}

/** Returns the whole file, or null if it is missing or no longer complete. */
export async function readResumeFile(organization: string, file: Types.ObjectId): Promise<Uint8Array<ArrayBuffer> | null> {
  const found = await ResumeFileModel.findOne({ _id: file, 'metadata.organization': organization }).lean<ResumeFileDocument>()
  if (!found) return null
  const bytes = new Uint8Array(found.length)
  let size = 0
  try {
    for await (const piece of bucket().openDownloadStream(file) as AsyncIterable<Buffer>) {
      bytes.set(piece, size)
      size += piece.length
    }
  } catch (error) {
    const isBroken = error instanceof mongoose.mongo.MongoGridFSChunkError
    if (!isBroken && (await ResumeFileModel.exists({ _id: file }))) throw error
    return null
  }
  return size === found.length ? bytes : null
}

/** May be repeated, also when the file is already gone. */
export async function dropResumeFile(file: Types.ObjectId): Promise<void> {
  await deleteFile(RESUME_BUCKET, file)
}

/**
 * Deletes every stored file of a candidate.
 * @returns the number deleted
 */
export async function dropResumesOf(organization: string, candidate: string): Promise<number> {
  const files = await ResumeFileModel.find({ 'metadata.organization': organization, 'metadata.candidate': candidate }, { _id: 1 }).lean()
  for (const { _id } of files) await dropResumeFile(_id)
  return files.length
}

/**
 * Deletes every stored file of an organization. May be repeated.
 * @returns the number deleted
 */
export async function dropAllResumesOf(organization: string): Promise<number> {
  for (let dropped = 0; ;) {
    const files = await ResumeFileModel.find({ 'metadata.organization': organization }, { _id: 1 }).limit(CHECKED_AT_ONCE).lean()
    if (files.length === 0) return dropped
    for (const { _id } of files) await dropResumeFile(_id)
    dropped += files.length
  }
}

/**
 * Deletes files that no candidate uses. Killed processes leave such files behind. For a job.
 * @returns the number deleted
 */
export async function dropOrphanedResumes(now = new Date()): Promise<number> {
  let dropped = 0
  for (;;) {
    const due = await ResumeFileModel.find({ 'metadata.checkAt': { $lte: now } }).limit(CHECKED_AT_ONCE).lean<ResumeFileDocument[]>() // prettier-ignore
    if (due.length === 0) return dropped
    const ids = due.map(({ _id }) => _id)
    const kept = new Set((await CandidateModel.distinct('resume.file', candidatesOf(due))).map(String))
    const orphans = ids.filter((id) => !kept.has(String(id)))
    for (const id of orphans) await dropResumeFile(id)
    const checkAt = new Date(now.getTime() + NEXT_CHECK_MS)
    await ResumeFileModel.updateMany({ _id: { $in: ids } }, { $set: { 'metadata.checkAt': checkAt } })
    dropped += orphans.length
  }
}

/**
 * Deletes files that a killed process had started to write. For a job.
 * @returns the number of files
 */
export async function dropUnfinishedResumes(now = new Date()): Promise<number> {
  return dropUnfinishedFiles(RESUME_BUCKET, now)
}

function candidatesOf(files: ResumeFileDocument[]) {
  const organizations = files.map(({ metadata }) => metadata.organization)
  return { organization: { $in: organizations }, _id: { $in: files.map(({ metadata }) => metadata.candidate) } }
}

function bucket(): mongoose.mongo.GridFSBucket {
  const { db } = ResumeFileModel.db
  if (!db) throw new Error('the database is not connected')
  return new mongoose.mongo.GridFSBucket(db, { bucketName: RESUME_BUCKET })
}
