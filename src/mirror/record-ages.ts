import { Types } from 'mongoose'
import { MIRRORED } from './mirrored-resources.ts'
import { RESOURCES, type Resource } from './resource.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'

/** The number of records of a resource, and when all of them were read from Lever; null if they were not. */
export interface ResourceAge {
  resource: Resource
  records: number
  readAt: Date | null
}

/** Returns the age of every resource. For a reading by an older version, the oldest record tells when that was. */
export async function recordAges(organization: string): Promise<ResourceAge[]> {
  const run = await SyncRunModel.findOne({ organization }, { readAt: 1 }).lean<Pick<SyncRunDocument, 'readAt'>>()
  return Promise.all(
    RESOURCES.map(async (resource) => {
      const [found] = await MIRRORED[resource].model.aggregate<{ records: number; readAt: Date }>([
        { $match: { organization: new Types.ObjectId(organization) } },
        { $group: { _id: null, records: { $sum: 1 }, readAt: { $min: '$seenAt' } } },
      ])
      const readAt = run?.readAt?.[resource] ?? found?.readAt ?? null
      return { resource, records: found?.records ?? 0, readAt }
    }),
  )
}
