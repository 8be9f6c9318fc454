import { Types } from 'mongoose'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { PersonCaller } from './caller.ts'
import { toPerson } from './people.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'
import { SessionModel, type SessionDocument, type SignInMethod } from './session-model.ts'

/** What the browser gets: the cookie's value, and until when it is any good. */
export interface StartedSession {
  token: string
  endsAt: Date
  /** For the browser to keep beyond the session; see `createDeviceMark`. */
  deviceMark: string
}

/** A session without the mark of its browser. */
export type NewSession = Omit<StartedSession, 'deviceMark'>

export interface FoundSession {
  caller: PersonCaller
  csrfToken: string
  /** In how many organizations the person may go on without signing in again, this one included. */
  organizations: number
  /** That the person has chosen on any browser; null before that. */
  language: string | null
  /** Where a sign-in link led that began this session without a press on Continue; null for every other session. */
  unaskedPath: string | null
}

const HOUR_MS = 3_600_000
/** A session ends 12 hours after its last use, and 14 days after its start, by the database's clock. */
const IDLE_MS = 12 * HOUR_MS
const LIFE_MS = 14 * 24 * HOUR_MS
const USE_NOTED_EVERY_MS = 60_000

const IDLE_END = { $min: [{ $add: ['$$NOW', IDLE_MS] }, '$endsAt'] }
const IS_LIVE = { $expr: { $gt: ['$expiresAt', '$$NOW'] } }

/** How somebody signed in. */
export interface SignInProof {
  by: SignInMethod
  /** Everybody whom this sign-in has proven, as the model says; the person alone unless given. */
  reach?: readonly string[]
  /** The path of a link that was opened without a press on Continue. */
  unaskedPath?: string
}

export async function startSession(
  organization: string,
  personId: string,
  { by, reach = [personId], unaskedPath }: SignInProof,
): Promise<NewSession> {
  const token = createOpaqueToken('fls')
  const fields = {
    organization: new Types.ObjectId(organization),
    person: new Types.ObjectId(personId),
    reach: reach.map((id) => new Types.ObjectId(id)),
    by,
    ...(unaskedPath === undefined ? {} : { unaskedPath: { $literal: unaskedPath } }),
  }
  const times = { signedInAt: '$$NOW', usedAt: '$$NOW', endsAt: { $add: ['$$NOW', LIFE_MS] } }
  const made = await SessionModel.collection.findOneAndUpdate(
    { tokenHash: hashToken(token) },
    [{ $set: { ...fields, ...times } }, { $set: { expiresAt: IDLE_END } }],
    { upsert: true, returnDocument: 'after' },
  )
  return { token, endsAt: (made as SessionDocument).endsAt }
}

/**
 * Who is signed in by this token, and the session's CSRF token; null when it is unknown or over, or the person inactive
 * or gone. The person is read each time, so that a deactivation or a changed role holds at once.
 */
export async function findSession(token: string): Promise<FoundSession | null> {
  const projection = { organization: 1, person: 1, reach: 1, usedAt: 1, unaskedPath: 1, now: '$$NOW' }
  // one of a version that did not note these is over
  const isWhole = { reach: { $exists: true }, usedAt: { $exists: true } }
  const found = await SessionModel.collection.findOne({ tokenHash: hashToken(token), ...isWhole, ...IS_LIVE }, { projection })
  if (!found) return null
  const session = found as SessionDocument & { now: Date }
  const person = await PersonModel.findOne({ _id: session.person, organization: session.organization, active: true }).lean<PersonDocument>()
  if (!person) return null
  await noteUse(session)
  const { id, organization, email, name, role } = toPerson(person)
  const caller = { kind: 'person', organization, personId: id, email, name, role, sessionId: session._id.toHexString() } as const
  return {
    caller,
    csrfToken: csrfTokenOf(token),
    organizations: session.reach.length,
    language: person.language ?? null,
    unaskedPath: session.unaskedPath ?? null,
  }
}

/**
 * Goes on as another person whom the sign-in has proven, under a token of its own: the earlier one is worth nothing any more.
 * Null when the session is over or does not reach that person, or the person is inactive.
 */
export async function switchSession(sessionId: string, personId: string): Promise<NewSession | null> {
  const person = await PersonModel.findOne({ _id: personId, active: true }).lean<PersonDocument>()
  if (!person) return null
  const token = createOpaqueToken('fls')
  const switched = await SessionModel.findOneAndUpdate(
    { _id: sessionId, reach: person._id, ...IS_LIVE },
    { tokenHash: hashToken(token), organization: person.organization, person: person._id },
    { returnDocument: 'after' },
  ).lean<SessionDocument>()
  return switched && { token, endsAt: switched.endsAt }
}

export async function endSession(sessionId: string): Promise<void> {
  await SessionModel.deleteOne({ _id: sessionId })
}

/** Everybody signs in again. @returns how many sessions ended */
export async function endAllSessions(): Promise<number> {
  return (await SessionModel.deleteMany({})).deletedCount
}

/** Made of the session's secret by a one-way function: readable neither from the database nor back. */
function csrfTokenOf(token: string): string {
  return hashToken(`csrf ${token}`)
}

async function noteUse({ _id, usedAt, now }: Pick<SessionDocument, '_id' | 'usedAt'> & { now: Date }): Promise<void> {
  if (now.getTime() - usedAt.getTime() < USE_NOTED_EVERY_MS) return
  await SessionModel.collection.updateOne({ _id }, [{ $set: { usedAt: '$$NOW', expiresAt: IDLE_END } }], { writeConcern: { w: 1 } })
}
