import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { LeverClient, LeverQuery } from '../lever/client.ts'
import { isLeverStatus, LeverCallError } from '../lever/lever-call-error.ts'
import { leverPath, type LeverPath } from '../lever/lever-path.ts'
import type { KeyPermission } from './lever-access.ts'

interface Probe {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: LeverPath
  query?: LeverQuery
  json?: unknown
}

const PROBES_AT_ONCE = 4

/**
 * Which of the permissions an API key lacks, in the order given. Lever does not list a key's permissions, so each is tried by its cheapest call:
 * lists by one item, the rest against ids that do not exist, so that nothing is changed. 403 lacks it; 404 and 400 have it (assumed).
 * @throws LeverCallError when Lever cannot be asked, or refuses the key as a whole
 */
export async function missingPermissions(client: LeverClient, permissions: readonly KeyPermission[]): Promise<KeyPermission[]> {
  const waiting = [...permissions]
  const missing = new Set<KeyPermission>()
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await isPermitted(client, PROBES[next]()))) missing.add(next)
    }
  }
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, work))
  return permissions.filter((permission) => missing.has(permission))
}

/** Whether a key shows confidential records: lists that ask for them are 403 without (Lever's API documentation; the status is assumed). */
export async function keySeesConfidential(client: LeverClient): Promise<boolean> {
  return isPermitted(client, list(leverPath`/opportunities`, { confidentiality: 'all' }))
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

/** Lever has looked at what was asked, so the key may ask it. */
function isRefusalOfContent(error: unknown): boolean {
  if (!(error instanceof LeverCallError)) return false
  const { httpStatus } = error
  return httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && ![401, 408, 429].includes(httpStatus)
}

const list = (path: LeverPath, query: LeverQuery = {}): Probe => ({ method: 'GET', path, query: { ...query, limit: 1 } })
const one = (path: LeverPath): Probe => ({ method: 'GET', path })
const asNobody = (): LeverQuery => ({ perform_as: randomUUID() })

/** Every one wrong in several ways, so that whichever Lever looks at first, it makes nothing. */
const PROBES: Record<KeyPermission, () => Probe> = {
  'List all users': () => list(leverPath`/users`),
  'List all opportunities': () => list(leverPath`/opportunities`),
  'List all stages': () => list(leverPath`/stages`),
  'List all postings': () => list(leverPath`/postings`),
  'List all archive reasons': () => list(leverPath`/archive_reasons`),
  'List all requisitions': () => list(leverPath`/requisitions`),
  'List all opportunity interviews': () => list(leverPath`/opportunities/${randomUUID()}/interviews`),
  'Retrieve a single user': () => one(leverPath`/users/${randomUUID()}`),
  'Retrieve a single opportunity': () => one(leverPath`/opportunities/${randomUUID()}`),
  'Retrieve a single posting': () => one(leverPath`/postings/${randomUUID()}`),
  'Retrieve a single stage': () => one(leverPath`/stages/${randomUUID()}`),
  'Retrieve a single archive reason': () => one(leverPath`/archive_reasons/${randomUUID()}`),
  'Retrieve a single opportunity application': () => one(leverPath`/opportunities/${randomUUID()}/applications/${randomUUID()}`),
  'Retrieve a single opportunity note': () => one(leverPath`/opportunities/${randomUUID()}/notes/${randomUUID()}`),
  'Retrieve a single opportunity interview': () => one(leverPath`/opportunities/${randomUUID()}/interviews/${randomUUID()}`),
  'Create an opportunity': () => ({
    method: 'POST',
    path: leverPath`/opportunities`,
    query: asNobody(),
    json: { postings: [randomUUID(), randomUUID()], stage: randomUUID(), owner: randomUUID() },
  }),
  'Create an opportunity note': () => ({
    method: 'POST',
    path: leverPath`/opportunities/${randomUUID()}/notes`,
    query: asNobody(),
    json: {},
  }),
  'Create an opportunity interview': () => ({
    method: 'POST',
    path: leverPath`/opportunities/${randomUUID()}/interviews`,
    query: asNobody(),
    json: {},
  }),
  'Update an opportunity interview': () => ({
    method: 'PUT',
    path: leverPath`/opportunities/${randomUUID()}/interviews/${randomUUID()}`,
    query: asNobody(),
    json: {},
  }),
  'Delete an opportunity interview': () => ({
    method: 'DELETE',
    path: leverPath`/opportunities/${randomUUID()}/interviews/${randomUUID()}`,
    query: asNobody(),
  }),
}
