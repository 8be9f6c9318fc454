import { Types } from 'mongoose'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { getOrganization } from './organizations.ts'
import { findPerson, toPerson, userNotFound, type Person } from './people.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'
import type { StartedSession } from './sessions.ts'
import { SignInLinkModel, type SignInLinkDocument } from './sign-in-link-model.ts'

const DEFAULT_SECONDS = 60
/** Three days, for an invitation. */
export const LONGEST_SECONDS = 259_200
/** Links that live longer may be opened by mail scanners. */
const LONGEST_UNASKED_MS = 10 * 60_000

/** By the database's clock, since another process than the creator may open a link. */
const IS_OPEN = { usedAt: null, $expr: { $gt: ['$expiresAt', '$$NOW'] } }
const USED = [{ $set: { usedAt: '$$NOW' } }]

export interface SignInLink {
  id: string
  url: string
  expiresAt: Date
}

/**
 * Creates a single-use address that signs a person in and goes to `path`, a path of this site ({@link SitePath}).
 * @throws ServiceError `user_not_found` if the person is unknown or inactive
 */
export async function createSignInLink(
  deps: AccountsDeps,
  organization: string,
  input: { userEmail: string; path?: string | undefined; validForSeconds?: number | undefined },
  actor: string,
): Promise<SignInLink> {
  const person = await findPerson(organization, input.userEmail)
  if (!person?.active) throw userNotFound()
  const token = createOpaqueToken('fli')
  const fields = {
    organization: new Types.ObjectId(organization),
    person: new Types.ObjectId(person.id),
    path: { $literal: input.path ?? '/' },
    madeBy: { $literal: actor },
    usedAt: null,
  }
  const validMs = (input.validForSeconds ?? DEFAULT_SECONDS) * 1000
  const made = await SignInLinkModel.collection.findOneAndUpdate(
    { tokenHash: hashToken(token) },
    [{ $set: { ...fields, createdAt: '$$NOW', updatedAt: '$$NOW', expiresAt: { $add: ['$$NOW', validMs] } } }],
    { upsert: true, returnDocument: 'after' },
  )
  const { _id, expiresAt } = made as unknown as SignInLinkDocument
  const id = _id.toHexString()
  await deps.audit.append({ organization, actor, action: 'signInLink.created', subject: `user:${person.id}` })
  return { id, url: `${deps.publicUrl}/sign-in/link/${token}`, expiresAt }
}

/**
 * Returns the expiry of a link, used or not.
 * @throws ServiceError `user_not_found` if the link's person no longer exists
 */
export async function getSignInLinkExpiry(organization: string, id: string): Promise<Date> {
  const link = await SignInLinkModel.findOne({ organization, _id: id }, { expiresAt: 1 }).lean<Pick<SignInLinkDocument, 'expiresAt'>>()
  if (!link) throw userNotFound()
  return link.expiresAt
}

export type Redemption =
  | { outcome: 'signedIn'; session: StartedSession; path: string }
  /** The account if the link is known; failures are counted by it. */
  | { outcome: 'refused'; account: { personId: string; email: string } | null }

/** A link that can still be used, and the person it signs in. */
export interface OpenSignInLink {
  personId: string
  personName: string
  organizationName: string
  /** True for a link that is sent by mail, where scanners open links: a person must confirm before it is used up. */
  asksFirst: boolean
}

/** Returns what a link would do, without using it up; null if {@link redeemSignInLink} would refuse it. */
export async function findOpenSignInLink(token: string): Promise<OpenSignInLink | null> {
  const link = await SignInLinkModel.findOne(openBy(token)).lean<SignInLinkDocument>()
  const person = link && (await findWhoMayUse(link))
  if (!person) return null
  const { name: organizationName } = await getOrganization(person.organization)
  const asksFirst = link.expiresAt.getTime() - link.createdAt.getTime() > LONGEST_UNASKED_MS
  return { personId: person.id, personName: person.name, organizationName, asksFirst }
}

/**
 * Uses up a link; if two requests use it at once, one signs in. A link is refused if it is unknown, used, or expired,
 * if its person is inactive, and if its creator left or is no longer an admin.
 */
export async function redeemSignInLink(
  startSession: (organization: string, personId: string, path: string) => Promise<StartedSession>,
  token: string,
): Promise<Redemption> {
  const link = await SignInLinkModel.findOneAndUpdate(openBy(token), USED, { updatePipeline: true }).lean<SignInLinkDocument>()
  const person = link && (await findWhoMayUse(link))
  if (!person) return refused(hashToken(token))
  return { outcome: 'signedIn', session: await startSession(person.organization, person.id, link.path), path: link.path }
}

function openBy(token: string) {
  return { tokenHash: hashToken(token), ...IS_OPEN }
}

/**
 * A link created during the removal of its creator is not among the links that the removal ended, so the creator is
 * checked here.
 */
async function findWhoMayUse({ organization, person, madeBy }: SignInLinkDocument): Promise<Person | null> {
  const [, maker] = /^user:(.+)$/.exec(madeBy ?? '') ?? []
  if (maker !== undefined && !(await PersonModel.exists({ _id: maker, organization, active: true, role: 'admin' }))) return null
  const found = await PersonModel.findOne({ _id: person, organization, active: true }).lean<PersonDocument>()
  return found && toPerson(found)
}

/**
 * Invalidates all sign-in links created so far.
 * @returns the number of links that could still be used
 */
export async function dropOpenSignInLinks(): Promise<number> {
  return (await SignInLinkModel.deleteMany(IS_OPEN)).deletedCount
}

async function refused(tokenHash: string): Promise<Redemption> {
  const link = await SignInLinkModel.findOne({ tokenHash }).lean<SignInLinkDocument>()
  const person = link && (await PersonModel.findById(link.person, { email: 1 }).lean<Pick<PersonDocument, '_id' | 'email'>>())
  return { outcome: 'refused', account: person && { personId: person._id.toHexString(), email: person.email } }
}
