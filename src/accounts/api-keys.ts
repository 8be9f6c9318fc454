import { ServiceError } from '../errors.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { ApiKeyModel, type ApiKeyDocument } from './api-key-model.ts'
import type { Caller } from './caller.ts'

/** An organization's key, without the key itself. */
export interface ApiKey {
  id: string
  name: string
  lastFour: string
  createdAt: Date
  /** Known to the minute; null before the first use. */
  lastUsedAt: Date | null
}

const PREFIX = 'flc'
const USE_NOTED_EVERY_MS = 60_000

/** A key and the fields it is stored by. */
export function newApiKey(organization: string, name: string) {
  const apiKey = createOpaqueToken(PREFIX)
  return { apiKey, fields: { organization, name, keyHash: hashToken(apiKey), lastFour: apiKey.slice(-4) } }
}

/** Makes a key; `apiKey` is never readable again. */
export async function createApiKey(
  deps: AccountsDeps,
  organization: string,
  input: { name: string },
  actor: string,
): Promise<{ id: string; name: string; apiKey: string }> {
  const { apiKey, fields } = newApiKey(organization, input.name)
  const { _id } = await ApiKeyModel.create(fields)
  const id = _id.toHexString()
  await deps.audit.append({ organization, actor, action: 'apiKey.created', subject: `apiKey:${id}` })
  return { id, name: input.name, apiKey }
}

/** @throws ServiceError `not_found` */
export async function getApiKey(organization: string, id: string): Promise<ApiKey> {
  const found = await ApiKeyModel.findOne({ organization, _id: id }).lean<ApiKeyDocument>()
  if (!found) throw new ServiceError('not_found', 'There is no such API key.')
  return toApiKey(found)
}

export async function listApiKeys(organization: string, request: PageRequest): Promise<Page<ApiKey>> {
  return page(ApiKeyModel, { organization }, request, toApiKey)
}

/**
 * Revokes a key, at once.
 * @throws ServiceError `not_found`
 */
export async function deleteApiKey(deps: AccountsDeps, organization: string, id: string, actor: string): Promise<void> {
  const { deletedCount } = await ApiKeyModel.deleteOne({ organization, _id: id })
  if (deletedCount === 0) throw new ServiceError('not_found', 'There is no such API key.')
  await deps.audit.append({ organization, actor, action: 'apiKey.revoked', subject: `apiKey:${id}` })
}

/** Who calls with this key; null when it is unknown or revoked. Looked up each time, so that a revocation holds at once. */
export async function authenticateApiKey(key: string): Promise<Extract<Caller, { kind: 'apiKey' }> | null> {
  if (!key.startsWith(`${PREFIX}_`)) return null
  const found = await ApiKeyModel.findOne({ keyHash: hashToken(key) }).lean<ApiKeyDocument>()
  if (!found) return null
  await noteUse(found)
  return { kind: 'apiKey', organization: found.organization.toHexString(), keyId: found._id.toHexString() }
}

async function noteUse({ _id, lastUsedAt }: ApiKeyDocument): Promise<void> {
  if (lastUsedAt && Date.now() - lastUsedAt.getTime() < USE_NOTED_EVERY_MS) return
  await ApiKeyModel.updateOne({ _id }, { lastUsedAt: new Date() }, { writeConcern: { w: 1 }, timestamps: false })
}

function toApiKey({ _id, name, lastFour, createdAt, lastUsedAt }: ApiKeyDocument): ApiKey {
  return { id: _id.toHexString(), name, lastFour, createdAt, lastUsedAt: lastUsedAt ?? null }
}
