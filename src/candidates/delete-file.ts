import mongoose, { type Types } from 'mongoose'

/**
 * Deletes a GridFS file: first its pieces, then its record. The driver uses the opposite order, so a process that dies in between leaves
 * pieces that nothing points to. In this order, the file can still be found and deleted again. May be repeated.
 */
export async function deleteFile(bucketName: string, file: Types.ObjectId): Promise<void> {
  const { db } = mongoose.connection
  if (!db) throw new Error('the database is not connected')
  await db.collection<{ files_id: Types.ObjectId }>(`${bucketName}.chunks`).deleteMany({ files_id: file })
  await db.collection<{ _id: Types.ObjectId }>(`${bucketName}.files`).deleteOne({ _id: file })
}
