import { Types } from 'mongoose'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { PersonCaller } from './caller.ts'
import { isOpen } from './open-organization.ts'
import { toPerson } from './people.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'
import { SessionModel, type SessionDocument, type SignInMethod } from './session-model.ts'

/** What the browser receives: the cookie's value and its expiry. */
export interface StartedSession {
  token: string
  endsAt: Date
  /** The browser keeps it longer than the session; see `createDeviceMark`. */
  deviceMark: string
}

/** A session without the mark of its browser. */
export type NewSession = Omit<StartedSession, 'deviceMark'>

export interface FoundSession {
  caller: PersonCaller
  csrfToken: string
  /** The number of organizations that the person may use without signing in again, including this one. */
  organizations: number
  /** The language that the person has chosen in any browser; null before that. */
  language: string | null
  /** The path of the sign-in link that began this session without a press on Continue; null for every other session. */
  unaskedPath: string | null
}

const HOUR_MS = 3_600_000
/** A session ends 12 hours after its last use, and at most 14 days after its start, by the database's clock. */
const IDLE_MS = 12 * HOUR_MS
const LIFE_MS = 14 * 24 * HOUR_MS
const USE_NOTED_EVERY_MS = 60_000

const IDLE_END = { $min: [{ $add: ['$$NOW', IDLE_MS] }, '$endsAt'] }
const IS_LIVE = { $expr: { $gt: ['$expiresAt', '$$NOW'] } }

/** How a person signed in. */
export interface SignInProof {
  by: SignInMethod
  /** All people that this sign-in has proven, as in the model; by default only the person. */
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
 * Returns the person signed in with this token, and the session's CSRF token; null if the token is unknown or
 * expired, the person is inactive or removed, or the organization has ended. Reads the person each time, so that a
 * deactivation or a changed role takes effect immediately.
 */
export async function findSession(token: string): Promise<FoundSession | null> {
  const projection = { organization: 1, person: 1, reach: 1, usedAt: 1, unaskedPath: 1, now: '$$NOW' }
  // sessions from versions that did not store these fields count as ended
  const isWhole = { reach: { $exists: true }, usedAt: { $exists: true } }
  const found = await SessionModel.collection.findOne({ tokenHash: hashToken(token), ...isWhole, ...IS_LIVE }, { projection })
  if (!found) return null
  const session = found as SessionDocument & { now: Date }
  const [person, isStillOpen] = await Promise.all([
    PersonModel.findOne({ _id: session.person, organization: session.organization, active: true }).lean<PersonDocument>(),
    isOpen(session.organization.toHexString()),
  ])
  if (!person || !isStillOpen) return null
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
 * Switches to another person that the sign-in has proven, with a new token; the old token stops working. Returns null
 * if the session is over or does not reach that person, or the person is inactive.
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

/**
 * Requires everybody to sign in again.
 * @returns the number of sessions ended
 */
export async function endAllSessions(): Promise<number> {
  return (await SessionModel.deleteMany({})).deletedCount
}

/** Derived from the session's secret by a one-way function: it can neither be read from the database nor reversed. */
function csrfTokenOf(token: string): string {
  return hashToken(`csrf ${token}`)
}

async function noteUse({ _id, usedAt, now }: Pick<SessionDocument, '_id' | 'usedAt'> & { now: Date }): Promise<void> {
  if (now.getTime() - usedAt.getTime() < USE_NOTED_EVERY_MS) return
  await SessionModel.collection.updateOne({ _id }, [{ $set: { usedAt: '$$NOW', expiresAt: IDLE_END } }], { writeConcern: { w: 1 } })
}
