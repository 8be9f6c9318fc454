import mongoose, { Types } from 'mongoose'

const DAY_MS = 24 * 3_600_000
/** Younger files may still be in transfer. */
const UNFINISHED_AFTER_MS = DAY_MS
/** How far back to look. The service may have been down in between. */
const BEGUN_SINCE_MS = 30 * DAY_MS

/**
 * Deletes the pieces of GridFS files whose process was killed before it had written them completely. GridFS writes
 * the file record after the last piece.
 * @returns the number of files
 */
export async function dropUnfinishedFiles(bucketName: string, now = new Date()): Promise<number> {
  const { db } = mongoose.connection
  if (!db) throw new Error('the database is not connected')
  const pieces = db.collection<{ files_id: Types.ObjectId; n: number }>(`${bucketName}.chunks`)
  const begun = { $gte: idAt(now.getTime() - BEGUN_SINCE_MS), $lt: idAt(now.getTime() - UNFINISHED_AFTER_MS) }
  const file = {
    from: `${bucketName}.files`,
    localField: 'files_id',
    foreignField: '_id',
    as: 'file',
    pipeline: [{ $project: { _id: 1 } }],
  }
  const unfinished = await pieces
    .aggregate<{ files_id: Types.ObjectId }>([
      { $match: { files_id: begun, n: 0 } },
      { $lookup: file },
      { $match: { file: [] } },
      { $project: { files_id: 1 } },
    ])
    .toArray()
  for (const { files_id } of unfinished) await pieces.deleteMany({ files_id })
  return unfinished.length
}

/** Ids of files begin with their creation time. */
function idAt(ms: number): Types.ObjectId {
  return Types.ObjectId.createFromTime(Math.floor(ms / 1000))
}
