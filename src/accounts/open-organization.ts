import { shareReads } from '../concurrency/share-reads.ts'
import { OrganizationModel } from './organization-model.ts'

/**
 * False once the organization has ended. Keys, people and sessions that a request writes while the organization ends open nothing, although
 * they exist until they are deleted.
 */
export const isOpen = shareReads(
  async (organization): Promise<boolean> => (await OrganizationModel.exists({ _id: organization, endedAt: null })) !== null,
)
