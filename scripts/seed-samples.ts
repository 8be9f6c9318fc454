/** The sample organization of `npm start`: people who are also users of the local Lever, and candidates to export. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalInstance } from './local-instance.ts'

export const SAMPLE_ORGANIZATION = { name: 'Acme Talent', sourceName: 'Fulcrum Sourcing' } as const
export const SAMPLE_PEOPLE = [
  { email: 'ana@acme.example', name: 'Ana Duarte', role: 'admin' },
  { email: 'bo@acme.example', name: 'Bo Lindqvist', role: 'sourcer' },
  { email: 'chidi@acme.example', name: 'Chidi Okafor', role: 'sourcer' },
] as const
export const SAMPLE_CSV = join(import.meta.dirname, 'samples', 'candidates.csv')

/** Does nothing if an organization exists. */
export async function seedSamples({ url, operatorApiKey }: Pick<LocalInstance, 'url' | 'operatorApiKey'>): Promise<void> {
  const operator = { authorization: `Bearer ${operatorApiKey}` }
  const { data } = await send<{ data: unknown[] }>(`${url}/api/v1/organizations?limit=1`, { headers: operator })
  if (data.length > 0) return
  const { apiKey } = await send<{ apiKey: string }>(`${url}/api/v1/organizations`, {
    method: 'POST',
    headers: { ...operator, 'content-type': 'application/json' },
    body: JSON.stringify(SAMPLE_ORGANIZATION),
  })
  const asOrganization = { authorization: `Bearer ${apiKey}` }
  for (const { email, ...person } of SAMPLE_PEOPLE) {
    await send(`${url}/api/v1/users/${encodeURIComponent(email)}`, {
      method: 'PUT',
      headers: { ...asOrganization, 'content-type': 'application/json' },
      body: JSON.stringify(person),
    })
  }
  await send(`${url}/api/v1/candidates/import`, {
    method: 'POST',
    headers: { ...asOrganization, 'content-type': 'text/csv' },
    body: await readFile(SAMPLE_CSV),
  })
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  if (!response.ok)
    throw new Error(`${init.method ?? 'GET'} ${new URL(url).pathname} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}
