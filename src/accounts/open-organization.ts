import { keepBriefly } from '../concurrency/keep-briefly.ts'
import { OrganizationModel } from './organization-model.ts'

/** For this long, another process may not notice the end. Only what is written while the organization ends depends on it. */
const KEPT_MS = 10_000

const open = keepBriefly(async (organization) => OrganizationModel.exists({ _id: organization, endedAt: null }), KEPT_MS)

/**
 * False once the organization has ended. Keys, people and sessions that a request writes while the organization ends open nothing, although
 * they exist until they are deleted. All others are deleted by the end itself.
 */
export async function isOpen(organization: string): Promise<boolean> {
  return (await open.read(organization)) !== null
}

/** Called in the process that ends an organization, once the end is committed. */
export const forgetOpenOrganizations = open.forget
