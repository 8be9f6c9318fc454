import mongoose from 'mongoose'

/** Returns the current time by the database's clock, which is the same for all processes. */
export async function serverTime(): Promise<Date> {
  const { localTime } = await mongoose.connection.db!.admin().command({ hello: 1 })
  return localTime as Date
}
