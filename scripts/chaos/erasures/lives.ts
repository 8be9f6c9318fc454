import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { ObjectId } from 'mongodb'
import { askUntilAnswered, type Asking } from '../ask-until-answered.ts'
import { SOURCERS, type ChaosOrganization } from '../organizations.ts'
import { candidateOf, markedPerson, type MarkedPerson } from './marked-people.ts'

/** A person who was added, and the requests made about them. */
export interface Life extends MarkedPerson {
  id: string
  organization: ChaosOrganization
  /** True if the request was accepted; for a bulk export, if the whole bulk was. */
  exportIsAccepted: boolean
  erased: Erased | null
}

export interface Erased {
  /** The state of an export or a conversation note just before. */
  moment: string
  /** When `DELETE` was answered; null if it never was. */
  answeredAt: number | null
  tookMs: number
}

export interface Living extends Asking {
  organizations: readonly ChaosOrganization[]
  db: Db
  /** How many people to erase. */
  erasures: number
}

const AT_ONCE = 6
const ERASED_WITHIN_MS = 5000
const MET_WITHIN_MS = 10_000
const LOOKED_EVERY_MS = 25
/** States that are too short to be hit often by chance. */
const BRIEF = ['export sending', 'export unclear', 'note posting', 'conversation posting'] as const
const IN_A_BULK = 6
const LANDED_WITHIN_MS = 10_000
/** Longer than the answer waits for a call to end. */
const DELETE_LIMIT_MS = 30_000

/** Adds people and exports them one by one and in bulk, with notes, résumés and conversations, and erases some at random moments. */
export async function live(living: Living): Promise<Life[]> {
  const { random, organizations, db } = living
  const lives: Life[] = []
  let begun = 0

  async function ask<T>({ apiKey }: ChaosOrganization, path: string, json: object): Promise<T | null> {
    const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': randomUUID() }
    const answer = await askUntilAnswered(living, { method: 'POST', path, json, headers })
    return answer && answer.status < 300 ? (JSON.parse(answer.body) as T) : null
  }

  async function takeIn(organization: ChaosOrganization): Promise<Life> {
    const person = markedPerson()
    const made = await ask<{ id: string }>(organization, 'candidates', candidateOf(person))
    if (!made) throw new Error('a candidate could not be made')
    const life: Life = { ...person, id: made.id, organization, exportIsAccepted: false, erased: null }
    lives.push(life)
    if (random.chance(0.3)) await sendResume(life)
    return life
  }

  /** A refused or interrupted upload means that there is no résumé. */
  async function sendResume({ id, mark, name, organization }: Life): Promise<void> {
    const body = new FormData()
    body.set('file', new Blob([`${name}\n`.repeat(5000)], { type: 'text/plain' }), `${mark}.txt`)
    const headers = { authorization: `Bearer ${organization.apiKey}` }
    await fetch(`${random.pick(living.urls)}/api/v1/candidates/${id}/resume`, { method: 'PUT', body, headers }).catch(() => null)
  }

  async function exportAlone(life: Life): Promise<void> {
    const note = random.chance(0.5) ? { note: `${life.name} likes tea.` } : {}
    const wish = { candidateId: life.id, requestedBy: random.pick(SOURCERS), ...note }
    life.exportIsAccepted = (await ask(life.organization, 'exports', wish)) !== null
  }

  async function exportMany(many: readonly Life[], organization: ChaosOrganization): Promise<void> {
    const wish = { candidateIds: many.map(({ id }) => id), requestedBy: random.pick(SOURCERS) }
    const isAccepted = (await ask(organization, 'exports/bulk', wish)) !== null
    for (const life of many) life.exportIsAccepted = isAccepted
  }

  /** Starts once the person is in Lever, or should be. */
  async function converse(life: Life): Promise<void> {
    const landed = { candidate: new ObjectId(life.id), status: 'exported' }
    const deadline = performance.now() + LANDED_WITHIN_MS
    while (performance.now() < deadline && !(await db.collection('exports').findOne(landed))) await sleep(100)
    const message = { candidateId: life.id, direction: 'outbound', author: SOURCERS[0], body: `Dear ${life.name}`, sentAt: new Date() }
    await ask(life.organization, `conversations/${life.mark}/messages`, { ...message, id: randomUUID() })
  }

  /** At a random moment, or as soon as a short-lived state is reached. */
  async function erase(life: Life): Promise<void> {
    const awaited = random.pick([null, null, ...BRIEF])
    const deadline = performance.now() + (awaited === null ? random.between(0, ERASED_WITHIN_MS) : MET_WITHIN_MS)
    while (performance.now() < deadline && !(awaited !== null && (await momentOf(db, life)) === awaited)) await sleep(LOOKED_EVERY_MS)
    const moment = await momentOf(db, life)
    const begunAt = performance.now()
    const headers = { authorization: `Bearer ${life.organization.apiKey}` }
    const answer = await askUntilAnswered(living, { method: 'DELETE', path: `candidates/${life.id}`, headers, limitMs: DELETE_LIMIT_MS })
    const isDone = answer?.status === 204 || answer?.status === 404 // an earlier try may have gone unanswered
    life.erased = { moment, answeredAt: isDone ? Date.now() : null, tookMs: Math.round(performance.now() - begunAt) }
  }

  async function one(): Promise<void> {
    const organization = random.pick(organizations)
    const kind = random.pick(['alone', 'alone', 'bulk', 'conversation'] as const)
    if (kind !== 'bulk') {
      begun += 1
      const life = await takeIn(organization)
      // the request itself may be in progress
      const wish = exportAlone(life)
      if (kind === 'conversation' || random.chance(0.8)) await wish
      if (kind === 'conversation') await converse(life)
      return void (await Promise.all([wish, erase(life)]))
    }
    const erased = Math.min(IN_A_BULK / 2, living.erasures - begun)
    begun += erased
    const many: Life[] = []
    while (many.length < IN_A_BULK) many.push(await takeIn(organization))
    await exportMany(many, organization)
    await Promise.all(many.slice(0, erased).map(erase))
  }

  async function again(): Promise<void> {
    while (begun < living.erasures) await one()
  }

  await Promise.all(Array.from({ length: AT_ONCE }, again))
  return lives
}

async function momentOf(db: Db, { id }: Life): Promise<string> {
  const candidate = new ObjectId(id)
  const talk = await db.collection('conversations').findOne({ candidate })
  if (talk) return `conversation ${talk['pending'] ? (talk['pending'].intentAt ? 'posting' : 'cut') : 'quiet'}`
  const found = await db.collection('exports').findOne({ candidate })
  if (!found) return 'no export'
  if (found['status'] !== 'exported' || found['note']?.status !== 'queued') return `export ${String(found['status'])}`
  return found['note'].intentAt ? 'note posting' : 'note queued'
}
