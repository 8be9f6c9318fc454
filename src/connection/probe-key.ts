import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { LeverClient, LeverQuery } from '../lever/client.ts'
import { isLeverStatus, LeverCallError } from '../lever/lever-call-error.ts'
import { leverPath, type LeverPath } from '../lever/lever-path.ts'
import type { KeyPermission } from './key-permissions.ts'

interface Probe {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: LeverPath
  query?: LeverQuery
  json?: unknown
}

const PROBES_AT_ONCE = 4

/**
 * Returns the permissions that an API key lacks, in the order given. Lever does not list a key's permissions, so each
 * is tested with its cheapest call: lists with one item, the rest with ids that do not exist, so that nothing is
 * changed. 403 means that the key lacks it; 404 and 400 mean that it has it (assumed). Writes are tested as a real
 * Lever user, because an unknown user may be answered with 403 too. If the key may not list users, no write is tested,
 * and only the missing reads are returned.
 * @throws LeverCallError if Lever cannot be asked, or refuses the key entirely
 */
export async function missingPermissions(client: LeverClient, permissions: readonly KeyPermission[]): Promise<KeyPermission[]> {
  const waiting = [...permissions]
  const performAs = await someUser(client)
  const missing = new Set<KeyPermission>()
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const probe = PROBES[next](performAs)
      if (probe.method !== 'GET' && performAs === null) continue
      if (!(await isPermitted(client, probe))) missing.add(next)
    }
  }
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, work))
  return permissions.filter((permission) => missing.has(permission))
}

/**
 * True if a key shows confidential records. Without that right, lists that ask for them return 403 (Lever's API
 * documentation; the status is assumed).
 */
export async function keySeesConfidential(client: LeverClient): Promise<boolean> {
  return isPermitted(client, list(leverPath`/opportunities`, { confidentiality: 'all' }))
}

const Users = z.object({ data: z.array(z.object({ id: z.string() })) })

/** Returns an active Lever user; null if the key may not list users. */
async function someUser(client: LeverClient): Promise<string | null> {
  try {
    const { data } = await client.get(leverPath`/users`, { query: { limit: 1 }, schema: Users })
    return data[0]?.id ?? null
  } catch (error) {
    if (isLeverStatus(error, 403)) return null
    throw error
  }
}

async function isPermitted(client: LeverClient, { method, path, query, json }: Probe): Promise<boolean> {
  const options = { schema: z.unknown(), ...(query ? { query } : {}) }
  try {
    if (method === 'GET') await client.get(path, options)
    else await client.write(method, path, json === undefined ? options : { ...options, json })
    return true
  } catch (error) {
    if (isLeverStatus(error, 403)) return false
    if (isRefusalOfContent(error)) return true
    throw error
  }
}

/** Lever has checked the content of the request, so the key has the permission. */
function isRefusalOfContent(error: unknown): boolean {
  if (!(error instanceof LeverCallError)) return false
  const { httpStatus } = error
  return httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && ![401, 408, 429].includes(httpStatus)
}

const list = (path: LeverPath, query: LeverQuery = {}): Probe => ({ method: 'GET', path, query: { ...query, limit: 1 } })
const one = (path: LeverPath): Probe => ({ method: 'GET', path })
const write = (as: string | null, method: Probe['method'], path: LeverPath, json: unknown = {}): Probe => ({
  method,
  path,
  ...(method === 'DELETE' ? {} : { json }),
  ...(as === null ? {} : { query: { perform_as: as } }),
})

/** An id that no record has. */
const nowhere = (): string => randomUUID()

/** The body is also invalid in several ways, so that Lever creates nothing, whatever it checks first. */
const PROBES: Record<KeyPermission, (as: string | null) => Probe> = {
  'List all users': () => list(leverPath`/users`),
  'List all opportunities': () => list(leverPath`/opportunities`),
  'List all stages': () => list(leverPath`/stages`),
  'List all postings': () => list(leverPath`/postings`),
  'List all archive reasons': () => list(leverPath`/archive_reasons`),
  'List all requisitions': () => list(leverPath`/requisitions`),
  'List all requisition fields': () => list(leverPath`/requisition_fields`),
  'List all opportunity notes': () => list(leverPath`/opportunities/${nowhere()}/notes`),
  'List all opportunity interviews': () => list(leverPath`/opportunities/${nowhere()}/interviews`),
  'Retrieve a single user': () => one(leverPath`/users/${nowhere()}`),
  'Retrieve a single opportunity': () => one(leverPath`/opportunities/${nowhere()}`),
  'Retrieve a single posting': () => one(leverPath`/postings/${nowhere()}`),
  'Retrieve a single stage': () => one(leverPath`/stages/${nowhere()}`),
  'Retrieve a single archive reason': () => one(leverPath`/archive_reasons/${nowhere()}`),
  'Retrieve a single opportunity application': () => one(leverPath`/opportunities/${nowhere()}/applications/${nowhere()}`),
  'Retrieve a single opportunity note': () => one(leverPath`/opportunities/${nowhere()}/notes/${nowhere()}`),
  'Retrieve a single opportunity interview': () => one(leverPath`/opportunities/${nowhere()}/interviews/${nowhere()}`),
  'Retrieve a single opportunity offer': () => one(leverPath`/opportunities/${nowhere()}/offers`),
  'Create an opportunity': (as) =>
    write(as, 'POST', leverPath`/opportunities`, { postings: [nowhere(), nowhere()], stage: nowhere(), owner: nowhere() }),
  'Create an opportunity note': (as) => write(as, 'POST', leverPath`/opportunities/${nowhere()}/notes`),
  'Update an opportunity note': (as) => write(as, 'PUT', leverPath`/opportunities/${nowhere()}/notes/${nowhere()}`),
  'Create an opportunity interview': (as) => write(as, 'POST', leverPath`/opportunities/${nowhere()}/interviews`),
  'Update an opportunity interview': (as) => write(as, 'PUT', leverPath`/opportunities/${nowhere()}/interviews/${nowhere()}`),
  'Delete an opportunity interview': (as) => write(as, 'DELETE', leverPath`/opportunities/${nowhere()}/interviews/${nowhere()}`),
  'Create requisitions': (as) => write(as, 'POST', leverPath`/requisitions`),
  'Delete requisitions': (as) => write(as, 'DELETE', leverPath`/requisitions/${nowhere()}`),
  'Update requisition fields': (as) => write(as, 'PUT', leverPath`/requisitions/${nowhere()}`),
  'Update posting': (as) => write(as, 'POST', leverPath`/postings/${nowhere()}`),
}
