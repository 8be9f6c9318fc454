import mongoose from 'mongoose'

/** Now, by the clock of the database, which is the same for all processes. */
export async function serverTime(): Promise<Date> {
  const { localTime } = await mongoose.connection.db!.admin().command({ hello: 1 })
  return localTime as Date
}
