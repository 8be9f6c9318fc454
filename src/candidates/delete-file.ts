import mongoose, { type Types } from 'mongoose'

/**
 * Deletes a GridFS file, its pieces first. The driver deletes the file record first; if the process dies in between, nothing leads to the
 * pieces any more. In this order, whoever looks for the file finds it again. May be repeated.
 */
export async function deleteFile(bucketName: string, file: Types.ObjectId): Promise<void> {
  const { db } = mongoose.connection
  if (!db) throw new Error('the database is not connected')
  await db.collection<{ files_id: Types.ObjectId }>(`${bucketName}.chunks`).deleteMany({ files_id: file })
  await db.collection<{ _id: Types.ObjectId }>(`${bucketName}.files`).deleteOne({ _id: file })
}
