import { setTimeout as sleep } from 'node:timers/promises'
import { createCalls, until, type Calls } from '../tour/calls.ts'
import type { LeverProcess, ServiceProcess } from './ground.ts'

export const ADMIN = 'ana@acme.example'
/** Rarely, so that polling does not disturb the measurement. */
const LOOK_EVERY_MS = 250
export const SOURCER = 'bo@acme.example'

export interface Organization {
  id: string
  apiKey: string
  api: Calls
}

interface Connection {
  sync: { state: string; finishedAt: string | null; opportunities?: { complete: boolean; sweptAt: string | null } }
}

/** Resolves to an organization connected to Lever by an API key, with a mapped sourcer; not yet active. */
export async function connectOrganization({ url, operator }: ServiceProcess, lever: LeverProcess): Promise<Organization> {
  const made = await operator.send<{ id: string; apiKey: string }>('POST', 'organizations', { name: 'Bench', sourceName: 'Fulcrum' })
  const api = createCalls(`${url}/api/v1`, made.apiKey)
  await api.send('PUT', `users/${encodeURIComponent(ADMIN)}`, { name: 'Ana Duarte', role: 'admin' })
  await api.send('PUT', `users/${encodeURIComponent(SOURCER)}`, { name: 'Bo Lindqvist', role: 'sourcer' })
  await api.send('PATCH', 'connection/settings', { features: ['export', 'conversations'] })
  await api.send('PUT', 'connection/api-key', { apiKey: lever.apiKey, userEmail: ADMIN })
  await api.send('PUT', `user-mappings/${encodeURIComponent(SOURCER)}`, { leverEmail: SOURCER })
  return { ...made, api }
}

/** Activates, and resolves once all of Lever's opportunities have been read and swept. */
export async function activate({ api }: Organization, withinMs = 60_000): Promise<void> {
  await api.send('POST', 'connection/activate')
  await untilSynced(api, withinMs)
}

/** Resolves once nothing is being read and the mirror is complete. */
export async function untilSynced(api: Calls, withinMs: number): Promise<void> {
  await until(
    "all of Lever's opportunities are read",
    async () => {
      await sleep(LOOK_EVERY_MS)
      const { sync } = await api.get<Connection>('connection')
      return sync.state === 'idle' && sync.finishedAt !== null && sync.opportunities?.complete === true
    },
    withinMs,
  )
}
