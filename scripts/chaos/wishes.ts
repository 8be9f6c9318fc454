import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { askUntilAnswered } from './ask-until-answered.ts'
import { SOURCERS, type ChaosOrganization } from './organizations.ts'
import type { Random } from './random.ts'

const CANDIDATES_AT_ONCE = 10
/** Enough that workers are never idle, few enough that the end does not take long. */
const OPEN_AT_MOST = 400
const LOOKED_AGAIN_MS = 250

export interface Asked {
  /** Exports that were accepted with 202. */
  exports: Set<string>
  batches: Map<string, ChaosOrganization>
  /** Answers that must not occur: anything but 2xx, 409, 503 or a broken connection. */
  unexpected: string[]
}

export interface Wishing {
  /** Web processes; each request goes to one of them. */
  urls: readonly string[]
  organizations: readonly ChaosOrganization[]
  postingIds: readonly string[]
  random: Random
  until: AbortSignal
  /** Maximum number of exports in total. */
  atMost: number
  /** Resolves to the number of exports that have not ended; no new ones are requested while it is high. */
  countOpen: () => Promise<number>
}

/** Requests single and bulk exports, and repeats each with its idempotency key until it is answered, as a careful client does. */
export async function makeWishes(wishing: Wishing): Promise<Asked> {
  const { organizations, postingIds, random, until, atMost } = wishing
  const asked: Asked = { exports: new Set(), batches: new Map(), unexpected: [] }
  let wished = 0

  async function single(organization: ChaosOrganization): Promise<void> {
    const candidateId = await newCandidate(organization)
    const first = { candidateId, requestedBy: random.pick(SOURCERS), ...(random.chance(0.2) ? { note: `Note ${randomUUID()}` } : {}) }
    await wish(organization, first)
    if (!random.chance(0.25)) return
    const onDuplicate = random.pick(['create', 'link', 'stop'] as const)
    await wish(organization, { candidateId, requestedBy: random.pick(SOURCERS), postingId: random.pick(postingIds), onDuplicate })
  }

  async function wish(organization: ChaosOrganization, body: object): Promise<void> {
    wished += 1
    const made = await send<{ id: string }>(organization, 'exports', body)
    if (made) asked.exports.add(made.id)
  }

  async function bulk(organization: ChaosOrganization, many: number): Promise<void> {
    wished += many
    const candidateIds: string[] = []
    while (candidateIds.length < many)
      candidateIds.push(...(await Promise.all(Array.from({ length: CANDIDATES_AT_ONCE }, () => newCandidate(organization)))))
    const made = await send<{ batchId: string }>(organization, 'exports/bulk', { candidateIds, requestedBy: random.pick(SOURCERS) })
    if (!made) return
    asked.batches.set(made.batchId, organization)
    if (random.chance(0.3)) await changeBatch(organization, made.batchId)
  }

  async function changeBatch(organization: ChaosOrganization, batchId: string): Promise<void> {
    await send(organization, `export-batches/${batchId}/pause`, {})
    await sleep(random.between(200, 2000))
    if (random.chance(0.2)) await send(organization, `export-batches/${batchId}/cancel`, {})
    await send(organization, `export-batches/${batchId}/resume`, {})
  }

  async function newCandidate(organization: ChaosOrganization): Promise<string> {
    const externalId = randomUUID()
    const made = await send<{ id: string }>(organization, 'candidates', {
      externalId,
      name: `Person ${externalId.slice(0, 8)}`,
      emails: [`${externalId}@chaos.example`],
      links: [`https://people.example/${externalId}`],
    })
    if (!made) throw new Error(`a candidate could not be made: ${asked.unexpected.at(-1) ?? 'no answer'}`)
    return made.id
  }

  /** Resolves to null if the request was refused for good, or not answered at all. */
  async function send<T>(organization: ChaosOrganization, path: string, json: object): Promise<T | null> {
    const headers = { authorization: `Bearer ${organization.apiKey}`, 'idempotency-key': randomUUID() }
    const answer = await askUntilAnswered(wishing, { method: 'POST', path, json, headers })
    if (!answer) return null
    if (answer.status < 300) return JSON.parse(answer.body) as T
    if (answer.status !== 409) asked.unexpected.push(`${answer.status} for ${path}: ${answer.body.slice(0, 300)}`)
    return null
  }

  /** While the database is unavailable, so are the processes. */
  const hasEnough = async (): Promise<boolean> => (await wishing.countOpen().catch(() => OPEN_AT_MOST)) >= OPEN_AT_MOST

  async function stream(act: (organization: ChaosOrganization) => Promise<void>): Promise<void> {
    while (!until.aborted && wished < atMost) {
      if (await hasEnough()) await sleep(LOOKED_AGAIN_MS)
      else await act(random.pick(organizations))
    }
  }

  await Promise.all([stream(single), stream(single), stream((organization) => bulk(organization, random.between(20, 120)))])
  return asked
}
