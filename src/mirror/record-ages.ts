import { Types } from 'mongoose'
import { MIRRORED } from './mirrored-resources.ts'
import { RESOURCES, type Resource } from './resource.ts'

/** The number of records of a resource, and when all of them were read from Lever; null if there are none. */
export interface ResourceAge {
  resource: Resource
  records: number
  readAt: Date | null
}

/**
 * Returns the age of every resource. A complete reading removes what it did not see, so the oldest record tells when
 * the last one was.
 */
export function recordAges(organization: string): Promise<ResourceAge[]> {
  return Promise.all(
    RESOURCES.map(async (resource) => {
      const [found] = await MIRRORED[resource].model.aggregate<{ records: number; readAt: Date }>([
        { $match: { organization: new Types.ObjectId(organization) } },
        { $group: { _id: null, records: { $sum: 1 }, readAt: { $min: '$seenAt' } } },
      ])
      return { resource, records: found?.records ?? 0, readAt: found?.readAt ?? null }
    }),
  )
}
