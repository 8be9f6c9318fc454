import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { PersonCaller } from './caller.ts'
import { toPerson } from './people.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'
import { SessionModel, type SessionDocument } from './session-model.ts'

/** What the browser gets: the cookie's value, and until when it is any good. */
export interface StartedSession {
  token: string
  endsAt: Date
}

const DAY_MS = 86_400_000
/** A session ends a week after its last use, and a month after its start. */
const IDLE_MS = 7 * DAY_MS
const LIFE_MS = 30 * DAY_MS
const USE_NOTED_EVERY_MS = 3_600_000

export async function startSession(organization: string, personId: string): Promise<StartedSession> {
  const token = createOpaqueToken('fls')
  const now = Date.now()
  const endsAt = new Date(now + LIFE_MS)
  await SessionModel.create({ tokenHash: hashToken(token), organization, person: personId, expiresAt: new Date(now + IDLE_MS), endsAt })
  return { token, endsAt }
}

/**
 * Who is signed in by this token, and the session's CSRF token; null when it is unknown or over, or the person inactive
 * or gone. The person is read each time, so that a deactivation or a changed role holds at once.
 */
export async function findSession(token: string): Promise<{ caller: PersonCaller; csrfToken: string } | null> {
  const session = await SessionModel.findOne({ tokenHash: hashToken(token), expiresAt: { $gt: new Date() } }).lean<SessionDocument>()
  if (!session) return null
  const person = await PersonModel.findOne({ _id: session.person, organization: session.organization, active: true }).lean<PersonDocument>()
  if (!person) return null
  await noteUse(session)
  const { id, organization, email, name, role } = toPerson(person)
  const caller = { kind: 'person', organization, personId: id, email, name, role, sessionId: session._id.toHexString() } as const
  return { caller, csrfToken: csrfTokenOf(token) }
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

async function noteUse({ _id, expiresAt, endsAt }: SessionDocument): Promise<void> {
  const next = Math.min(Date.now() + IDLE_MS, endsAt.getTime())
  if (next - expiresAt.getTime() < USE_NOTED_EVERY_MS) return
  await SessionModel.updateOne({ _id }, { expiresAt: new Date(next) }, { writeConcern: { w: 1 } })
}
