import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Types } from 'mongoose'
import { isDuplicateKey } from '../../duplicate-key.ts'
import { actorOf, type Caller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'
import { hashToken, keyedHash } from '../../secrets/opaque-token.ts'
import type { SecretPlace, Sealer } from '../../secrets/sealer.ts'
import { NEVER } from '../../work/work-fields.ts'
import type { Answer, KeptAnswer } from './endpoint.ts'
import { IdempotencyKeyModel, type IdempotencyKeyDocument } from './idempotency-key-model.ts'
import type { SealedField } from '../../secrets/sealed-field.ts'

const KEPT_MS = 86_400_000
/** A running request renews its hold on the key. The key is free again this long after the process dies. */
const LEASE_MS = 15_000
const BEAT_EVERY_MS = 3000
const LEASE_END = { $add: ['$$NOW', LEASE_MS] }
const WAIT_MS = 5000
const LOOK_EVERY_MS = 50

interface IdempotencyDeps {
  sealer: Sealer
  /** Resolves to the secret that keys an organization's fingerprints. */
  hashKeyOf: (organization: string) => Promise<Buffer>
  /** The operator's substitute for an organization's secret. */
  operatorApiKey: string | undefined
}

interface KeyedRequest {
  /** Keys are per caller: the same key from another caller is a different one. */
  caller: Caller
  /** Method and path in normalized form. */
  path: string
  key: string
  /** The parsed body, so that member order and white space do not matter. */
  body: unknown
}

export type Idempotency = ReturnType<typeof createIdempotency>

/**
 * Answers a caller's repeated request with the first one's result: `run` runs once per key and body, `replay` for repeats. Fingerprints,
 * the result's id and status, and a sealed copy of a secret in the answer are kept for 24 h. If the first request fails, the key becomes
 * free. `actorOf` tells callers apart: an API key, a person in any session, or the operator.
 */
export function createIdempotency(deps: IdempotencyDeps) {
  return {
    /** @throws ServiceError `idempotency_key_reused`; `idempotency_in_progress` if the first request takes longer than a few seconds */
    async once(request: KeyedRequest, run: () => Promise<Answer>, replay: (kept: KeptAnswer) => Promise<Answer>): Promise<Answer> {
      const record = await describe(deps, request)
      const first = await takeOrRead(record)
      if (first) return { ...(await replay(open(deps, first))), headers: { 'Idempotent-Replayed': 'true' } }
      return runFirst(deps, record, run)
    },
  }
}

interface KeyRecord {
  _id: string
  organization: string | undefined
  fingerprint: string
  attempt: string
}

async function describe(deps: IdempotencyDeps, { caller, path, key, body }: KeyedRequest): Promise<KeyRecord> {
  const organization = caller.kind === 'operator' ? undefined : caller.organization
  const hashKey = organization === undefined ? Buffer.from(hashToken(deps.operatorApiKey ?? '')) : await deps.hashKeyOf(organization)
  const _id = keyedHash(hashKey, JSON.stringify([organization ?? null, actorOf(caller), path, key]))
  return { _id, organization, fingerprint: keyedHash(hashKey, JSON.stringify(body) ?? ''), attempt: randomUUID() }
}

/** Takes the key for this request and resolves to null, or resolves to the first request's record, waiting if it is still running. */
async function takeOrRead(record: KeyRecord): Promise<IdempotencyKeyDocument | null> {
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    const holder = await takeIfFree(record)
    if (holder?.attempt === record.attempt) return null
    if (holder) assertSameBody(holder, record)
    if (holder?.answer?.status) return holder
    if (performance.now() > deadline) throw inProgress()
    await sleep(LOOK_EVERY_MS)
  }
}

function assertSameBody(known: IdempotencyKeyDocument, record: KeyRecord): void {
  if (known.fingerprint === record.fingerprint) return
  throw new ServiceError('idempotency_key_reused', 'This Idempotency-Key was already used with another body.', {
    hint: 'Use a new key for a new request.',
  })
}

function inProgress(): ServiceError {
  return new ServiceError('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.', {
    hint: 'Send it again in a moment.',
    headers: { 'Retry-After': '1' },
  })
}

/**
 * Takes the key if it is free, has expired, or the process of an equal request died. Resolves to the record that now holds the key; null if
 * another request was faster. Uses the database's clock, so that processes with different clocks do not take each other's keys.
 */
async function takeIfFree({ _id, organization, ...ids }: KeyRecord): Promise<IdempotencyKeyDocument | null> {
  const isOver = { $lte: [{ $ifNull: ['$expiresAt', new Date(0)] }, '$$NOW'] }
  const isAbandoned = { $and: [{ $eq: ['$fingerprint', ids.fingerprint] }, { $lte: [{ $ifNull: ['$leaseUntil', NEVER] }, '$$NOW'] }] }
  const owner = organization === undefined ? {} : { organization: new Types.ObjectId(organization) }
  const mine = { _id, ...ids, ...owner, leaseUntil: LEASE_END, expiresAt: { $add: ['$$NOW', KEPT_MS] } }
  const take = [{ $replaceWith: { $cond: [{ $or: [isOver, isAbandoned] }, mine, '$$ROOT'] } }]
  const options = { upsert: true, returnDocument: 'after', updatePipeline: true } as const
  try {
    return await IdempotencyKeyModel.findOneAndUpdate({ _id }, take, options).lean<IdempotencyKeyDocument>()
  } catch (error) {
    if (isDuplicateKey(error)) return null
    throw error
  }
}

async function runFirst(deps: IdempotencyDeps, record: KeyRecord, run: () => Promise<Answer>): Promise<Answer> {
  const mine = { _id: record._id, attempt: record.attempt }
  const heart = setInterval(() => void keep(mine), BEAT_EVERY_MS)
  let answer: Answer
  try {
    answer = await run()
  } catch (error) {
    await IdempotencyKeyModel.deleteOne(mine)
    throw error
  } finally {
    clearInterval(heart)
  }
  if (!answer.result) throw new Error('an endpoint that takes an Idempotency-Key must answer with its result')
  const { id, secret } = answer.result
  const sealed = secret === undefined ? {} : { secret: deps.sealer.seal(secret, secretPlace(record._id, record.organization)) }
  await IdempotencyKeyModel.updateOne(mine, { leaseUntil: null, answer: { status: answer.status, resultId: id, ...sealed } })
  return answer
}

/** A missed renewal is covered by the next one. */
async function keep(mine: Pick<KeyRecord, '_id' | 'attempt'>): Promise<void> {
  const isAtWork = { ...mine, 'answer.status': { $exists: false } }
  await IdempotencyKeyModel.updateOne(isAtWork, [{ $set: { leaseUntil: LEASE_END } }], { updatePipeline: true }).catch(() => undefined)
}

function open(deps: IdempotencyDeps, { _id, organization, answer }: IdempotencyKeyDocument): KeptAnswer {
  const { status, resultId, secret } = answer ?? {}
  if (!status || !resultId) throw new Error('an idempotency key without an answer was read')
  if (!secret) return { id: resultId, status }
  return { id: resultId, status, secret: deps.sealer.open(secret, secretPlace(_id, organization?.toHexString())) }
}

function secretPlace(id: string, organization: string | undefined): SecretPlace {
  return { organization: organization ?? 'operator', record: `idempotencyKey/${id}`, field: 'secret' }
}

/**
 * Deletes the keys of requests whose results have these ids, so that their answers cannot be given again.
 * @returns how many were deleted
 */
export async function forgetIdempotencyKeys(organization: string, resultIds: readonly string[]): Promise<number> {
  return (await IdempotencyKeyModel.deleteMany({ organization, 'answer.resultId': { $in: [...resultIds] } })).deletedCount
}

/** Secrets of first answers, kept for a day for repeats. */
export async function* sealedInIdempotencyKeys(): AsyncGenerator<SealedField> {
  for await (const { _id, organization, answer } of IdempotencyKeyModel.find({ 'answer.secret': { $ne: null } })
    .lean()
    .cursor()) {
    if (!answer?.secret) continue
    const place = secretPlace(_id, organization?.toHexString())
    yield { collection: IdempotencyKeyModel.collection, id: _id, field: 'answer.secret', sealed: answer.secret, place }
  }
}
