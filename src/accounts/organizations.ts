import { randomBytes } from 'node:crypto'
import mongoose, { isValidObjectId, Types } from 'mongoose'
import { shareReads } from '../concurrency/share-reads.ts'
import { ServiceError } from '../errors.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { ApiKeyModel } from './api-key-model.ts'
import { newApiKey } from './api-keys.ts'
import { OrganizationModel, type OrganizationDocument } from './organization-model.ts'
import { openHashKey, sealHashKey } from './trail-secrets.ts'

/** `id` is a hex string. `sourceName` is the name of an exported candidate's source in Lever. */
export interface Organization {
  id: string
  name: string
  sourceName: string
}

/** Creates an organization and its first API key: both or neither. The key cannot be read again later. */
export async function createOrganization(
  deps: AccountsDeps,
  input: { name: string; sourceName: string },
): Promise<Organization & { apiKey: string }> {
  const { fields: made, secret } = newOrganization(deps, input)
  const organization = made._id.toHexString()
  const { apiKey, fields } = newApiKey(organization, { name: 'first key' })
  await mongoose.connection.transaction(async (session) => {
    await OrganizationModel.create([made], { session })
    await ApiKeyModel.create([fields], { session })
    await deps.audit.begin(organization, secret, session)
  })
  await deps.audit.append({ organization, actor: 'operator', action: 'organization.created', subject: `organization:${organization}` })
  return { id: organization, ...input, apiKey }
}

/** Returns an organization as it is stored, with its own key for fingerprints and its audit trail. */
export function newOrganization({ sealer }: Pick<AccountsDeps, 'sealer'>, { name, sourceName }: Omit<Organization, 'id'>) {
  const _id = new Types.ObjectId()
  const secret = randomBytes(32)
  return { secret, fields: { _id, name, sourceName, hashKey: sealHashKey(sealer, _id.toHexString(), secret), keyedTrail: true } }
}

export async function listOrganizations(request: PageRequest): Promise<Page<Organization>> {
  return page(OrganizationModel, { endedAt: null }, request, toOrganization)
}

/** Returns the names of these organizations by id. */
export async function organizationNames(ids: readonly string[]): Promise<Map<string, string>> {
  const found = await OrganizationModel.find({ _id: { $in: ids } }, { name: 1 }).lean<Pick<OrganizationDocument, '_id' | 'name'>[]>()
  return new Map(found.map(({ _id, name }) => [_id.toHexString(), name]))
}

/**
 * For the operator.
 * @throws ServiceError `not_found`, also while the organization is being deleted
 */
export async function getListedOrganization(organization: string): Promise<Organization> {
  const filter = { _id: organization, endedAt: null }
  const found = isValidObjectId(organization) ? await OrganizationModel.findOne(filter).lean<OrganizationDocument>() : null
  if (!found) throw organizationNotFound()
  return toOrganization(found)
}

/**
 * Also returns an organization that is being deleted, for the work that ends.
 * @throws ServiceError `not_found`
 */
export async function getOrganization(organization: string): Promise<Organization> {
  return toOrganization(await getDocument(organization))
}

/** @throws ServiceError `not_found` */
export async function setSourceName(organization: string, sourceName: string): Promise<void> {
  const { matchedCount } = await OrganizationModel.updateOne({ _id: organization }, { sourceName })
  if (matchedCount === 0) throw organizationNotFound()
}

/**
 * Reads the key for an organization's fingerprints of emails and links. The key never changes, so it is read only
 * once.
 */
export function createHashKeyReader(deps: Pick<AccountsDeps, 'sealer'>): (organization: string) => Promise<Buffer> {
  const known = new Map<string, Buffer>()
  return async (organization) => {
    const cached = known.get(organization)
    if (cached) return cached
    const key = openHashKey(deps.sealer, await getDocument(organization))
    known.set(organization, key)
    return key
  }
}

const getDocument = shareReads(async (organization): Promise<OrganizationDocument> => {
  const found = await OrganizationModel.findById(organization).lean<OrganizationDocument>()
  if (!found) throw organizationNotFound()
  return found
})

export function organizationNotFound(): ServiceError {
  return new ServiceError('not_found', 'There is no such organization.')
}

function toOrganization({ _id, name, sourceName }: Pick<OrganizationDocument, '_id' | 'name' | 'sourceName'>): Organization {
  return { id: _id.toHexString(), name, sourceName }
}
