import { createCalls, until, type Calls } from '../tour/calls.ts'

const ADMIN = 'ana@acme.example'
/** Each is mapped to the Lever user with the same address. */
export const SOURCERS = ['bo@acme.example', 'chidi@acme.example', 'helene@acme.example'] as const
const READY_WITHIN_MS = 120_000

export interface ChaosOrganization {
  name: string
  id: string
  apiKey: string
  /** The source of its opportunities in Lever. */
  source: string
}

interface Joining {
  url: string
  operatorKey: string
  /** One per credential; two organizations share the first. */
  leverKeys: readonly [string, string]
}

/** Creates three organizations with two credentials of one Lever account: connected, mapped, active and synced. */
export async function joinOrganizations({ url, operatorKey, leverKeys: [shared, own] }: Joining): Promise<ChaosOrganization[]> {
  const operator = createCalls(`${url}/api/v1`, operatorKey)
  const joined: ChaosOrganization[] = []
  for (const [name, leverKey] of [['one', shared], ['two', shared], ['three', own]] as const) {
    const source = `Chaos ${name}`
    const made = await operator.send<{ id: string; apiKey: string }>('POST', 'organizations', { name, sourceName: source })
    await connect(createCalls(`${url}/api/v1`, made.apiKey), leverKey)
    joined.push({ name, source, ...made })
  } // prettier-ignore
  return joined
}

async function connect(api: Calls, leverKey: string): Promise<void> {
  await api.send('PUT', `users/${encodeURIComponent(ADMIN)}`, { name: 'Ana', role: 'admin' })
  await api.send('PUT', 'connection/api-key', { apiKey: leverKey, userEmail: ADMIN })
  for (const email of SOURCERS) {
    await api.send('PUT', `users/${encodeURIComponent(email)}`, { name: email, role: 'sourcer' })
    await api.send('PUT', `user-mappings/${encodeURIComponent(email)}`, { leverEmail: email })
  }
  await api.send('POST', 'connection/activate')
  await until('the first sync ends', async () => {
    const { sync } = await api.get<{ sync: { state: string; finishedAt: string | null } }>('connection')
    return sync.state === 'idle' && sync.finishedAt !== null
  }, READY_WITHIN_MS) // prettier-ignore
}
