import { isValidObjectId } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { ApiKeyModel, type ApiKeyAccess, type ApiKeyDocument } from './api-key-model.ts'
import { actorOf, type Caller } from './caller.ts'
import { isOpen } from './open-organization.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'

/** An organization's key, without the secret. */
export interface ApiKey {
  id: string
  name: string
  lastFour: string
  access: ApiKeyAccess
  /** Null for a key that does not expire. */
  expiresAt: Date | null
  createdAt: Date
  /** Accurate to the minute; null before the first use. */
  lastUsedAt: Date | null
  /** Null if a program or the operator created the key, and for keys created before this was recorded. */
  madeBy: ApiKeyMaker | null
}

export interface ApiKeyMaker {
  email: string
  name: string
  /** True once the person was removed or deactivated. The key keeps working until somebody revokes it. */
  left: boolean
}

export interface NewApiKey {
  name: string
  /** The default is `full`. */
  access?: ApiKeyAccess | undefined
  /** In the future. By default the key never expires. */
  expiresAt?: Date | null | undefined
}

const PREFIX = 'flc'
const USE_NOTED_EVERY_MS = 60_000
const NOT_EXPIRED = { $or: [{ expiresAt: null }, { $expr: { $gt: ['$expiresAt', '$$NOW'] } }] }

/** Returns a new key and the fields that are stored for it. */
export function newApiKey(organization: string, { name, access = 'full', expiresAt = null }: NewApiKey) {
  const apiKey = createOpaqueToken(PREFIX)
  return { apiKey, fields: { organization, name, access, expiresAt, keyHash: hashToken(apiKey), lastFour: apiKey.slice(-4) } }
}

/** Creates a key. `apiKey` cannot be read again later. */
export async function createApiKey(
  deps: AccountsDeps,
  organization: string,
  input: NewApiKey,
  caller: Caller,
): Promise<{ id: string; name: string; apiKey: string; access: ApiKeyAccess; expiresAt: Date | null }> {
  const { apiKey, fields } = newApiKey(organization, input)
  const madeBy = caller.kind === 'person' ? { madeBy: { person: caller.personId, email: caller.email, name: caller.name } } : {}
  const { _id } = await ApiKeyModel.create({ ...fields, ...madeBy })
  const id = _id.toHexString()
  await deps.audit.append({ organization, actor: actorOf(caller), action: 'apiKey.created', subject: `apiKey:${id}` })
  return { id, name: fields.name, apiKey, access: fields.access, expiresAt: fields.expiresAt }
}

/** @throws ServiceError `not_found` */
export async function getApiKey(organization: string, id: string): Promise<ApiKey> {
  const found = await ApiKeyModel.findOne({ organization, _id: id }).lean<ApiKeyDocument>()
  const [key] = await toApiKeys(organization, found ? [found] : [])
  if (!key) throw new ServiceError('not_found', 'There is no such API key.')
  return key
}

export async function listApiKeys(organization: string, request: PageRequest): Promise<Page<ApiKey>> {
  const { data, nextCursor } = await page(ApiKeyModel, { organization }, request, (key: ApiKeyDocument) => key)
  return { data: await toApiKeys(organization, data), nextCursor }
}

/** Returns the names of the organization's API keys by id. Unknown ids are left out. */
export async function apiKeyNames(organization: string, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await ApiKeyModel.find({ organization, _id: { $in: ids.filter((id) => isValidObjectId(id)) } }, { name: 1 }).lean()
  return new Map(found.map(({ _id, name }) => [_id.toHexString(), name]))
}

/** Returns the person's keys that still work, oldest first. */
export async function listWorkingKeysOf(organization: string, personId: string): Promise<ApiKey[]> {
  const found = await ApiKeyModel.find({ organization, 'madeBy.person': personId, ...NOT_EXPIRED })
    .sort({ _id: 1 })
    .lean<ApiKeyDocument[]>()
  return toApiKeys(organization, found)
}

/** Returns the keys of people who left that still work, oldest first. */
export async function listWorkingKeysOfLeavers(organization: string): Promise<ApiKey[]> {
  const found = await ApiKeyModel.find({ organization, madeBy: { $exists: true }, ...NOT_EXPIRED })
    .sort({ _id: 1 })
    .lean<ApiKeyDocument[]>()
  return (await toApiKeys(organization, found)).filter(({ madeBy }) => madeBy?.left)
}

/**
 * Revokes a key immediately.
 * @throws ServiceError `not_found`
 */
export async function deleteApiKey(deps: AccountsDeps, organization: string, id: string, actor: string): Promise<void> {
  const { deletedCount } = await ApiKeyModel.deleteOne({ organization, _id: id })
  if (deletedCount === 0) throw new ServiceError('not_found', 'There is no such API key.')
  await deps.audit.append({ organization, actor, action: 'apiKey.revoked', subject: `apiKey:${id}` })
}

/**
 * Returns the caller with this key; null if the key is unknown, revoked or, by the database's clock, expired, or its organization has ended.
 * Reads the database each time, so that a revocation takes effect immediately.
 */
export async function authenticateApiKey(key: string): Promise<Extract<Caller, { kind: 'apiKey' }> | null> {
  if (!key.startsWith(`${PREFIX}_`)) return null
  const found = await ApiKeyModel.findOne({ keyHash: hashToken(key), ...NOT_EXPIRED }).lean<ApiKeyDocument>()
  if (!found || !(await isOpen(found.organization.toHexString()))) return null
  await noteUse(found)
  return { kind: 'apiKey', organization: found.organization.toHexString(), keyId: found._id.toHexString(), access: found.access ?? 'full' }
}

async function noteUse({ _id, lastUsedAt }: ApiKeyDocument): Promise<void> {
  if (lastUsedAt && Date.now() - lastUsedAt.getTime() < USE_NOTED_EVERY_MS) return
  await ApiKeyModel.updateOne({ _id }, { lastUsedAt: new Date() }, { writeConcern: { w: 1 }, timestamps: false })
}

async function toApiKeys(organization: string, keys: readonly ApiKeyDocument[]): Promise<ApiKey[]> {
  const makers = keys.flatMap(({ madeBy }) => (madeBy ? [madeBy.person] : []))
  const here = await PersonModel.find({ organization, _id: { $in: makers } }).lean<PersonDocument[]>()
  const byId = new Map(here.map((person) => [person._id.toHexString(), person]))
  return keys.map((key) => toApiKey(key, byId))
}

function toApiKey(key: ApiKeyDocument, people: ReadonlyMap<string, PersonDocument>): ApiKey {
  const { _id, name, lastFour, access, expiresAt, createdAt, lastUsedAt } = key
  return {
    id: _id.toHexString(),
    name,
    lastFour,
    access: access ?? 'full',
    expiresAt: expiresAt ?? null,
    createdAt,
    lastUsedAt: lastUsedAt ?? null,
    madeBy: key.madeBy ? toMaker(key.madeBy, people.get(key.madeBy.person.toHexString())) : null,
  }
}

function toMaker(then: NonNullable<ApiKeyDocument['madeBy']>, now: PersonDocument | undefined): ApiKeyMaker {
  const { email, name } = now ?? then
  return { email, name, left: now?.active !== true }
}
