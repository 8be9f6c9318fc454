import { Types } from 'mongoose'
import type { PersonCaller } from './caller.ts'
import { SessionModel, type SessionDocument, type SignInMethod } from './session-model.ts'

/** A place where the caller is signed in. */
export interface OwnSession {
  by: SignInMethod
  signedInAt: Date
  /** Accurate to the minute. */
  usedAt: Date
  isThis: boolean
}

const SHOWN = 20

/** Returns the places where a person is signed in now, the last used first; at most 20. */
export async function listOwnSessions({ personId, sessionId }: PersonCaller): Promise<OwnSession[]> {
  const found = await SessionModel.find({ ...thatReach([personId]), $expr: { $gt: ['$expiresAt', '$$NOW'] } })
    .sort({ usedAt: -1 })
    .limit(SHOWN)
    .lean<SessionDocument[]>()
  return found.map(({ _id, by, signedInAt, usedAt }) => ({ by, signedInAt, usedAt, isThis: _id.toHexString() === sessionId }))
}

/**
 * Ends every session that can act as one of these people, except `except`.
 * @returns the number of sessions
 */
export async function endSessionsOf(people: readonly string[], { except }: { except?: string } = {}): Promise<number> {
  const others = except === undefined ? {} : { _id: { $ne: new Types.ObjectId(except) } }
  return (await SessionModel.deleteMany({ ...thatReach(people), ...others })).deletedCount
}

function thatReach(people: readonly string[]): { reach: { $in: Types.ObjectId[] } } {
  return { reach: { $in: people.map((id) => new Types.ObjectId(id)) } }
}
