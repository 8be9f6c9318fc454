import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { findPerson, userNotFound } from './people.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'
import type { StartedSession } from './sessions.ts'
import { SignInLinkModel, type SignInLinkDocument } from './sign-in-link-model.ts'

const DEFAULT_SECONDS = 60
/** For an invitation: three days. */
export const LONGEST_SECONDS = 259_200

export interface SignInLink {
  id: string
  url: string
  expiresAt: Date
}

/**
 * A single-use address that signs a person in and goes to `path`, a path of this site ({@link SitePath}).
 * @throws ServiceError `user_not_found` for one unknown or inactive
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
  const expiresAt = new Date(Date.now() + (input.validForSeconds ?? DEFAULT_SECONDS) * 1000)
  const made = await SignInLinkModel.create({
    tokenHash: hashToken(token),
    organization,
    person: person.id,
    path: input.path ?? '/',
    expiresAt,
  })
  const id = made._id.toHexString()
  await deps.audit.append({ organization, actor, action: 'signInLink.created', subject: `user:${person.id}` })
  return { id, url: `${deps.publicUrl}/sign-in/link/${token}`, expiresAt }
}

/**
 * Until when a link, used or not, was made to last.
 * @throws ServiceError `user_not_found` when the person it was for is gone
 */
export async function getSignInLinkExpiry(organization: string, id: string): Promise<Date> {
  const link = await SignInLinkModel.findOne({ organization, _id: id }, { expiresAt: 1 }).lean<Pick<SignInLinkDocument, 'expiresAt'>>()
  if (!link) throw userNotFound()
  return link.expiresAt
}

export type Redemption =
  | { outcome: 'signedIn'; session: StartedSession; path: string }
  /** The account where the link is known, to count failures by. */
  | { outcome: 'refused'; account: { personId: string; email: string } | null }

/** Uses a link up; of two at once one signs in. A link that is unknown, used or expired, or whose person is inactive, is refused. */
export async function redeemSignInLink(
  startSession: (organization: string, personId: string) => Promise<StartedSession>,
  token: string,
): Promise<Redemption> {
  const tokenHash = hashToken(token)
  const now = new Date()
  const link = await SignInLinkModel.findOneAndUpdate(
    { tokenHash, usedAt: null, expiresAt: { $gt: now } },
    { usedAt: now },
  ).lean<SignInLinkDocument>()
  if (!link) return refused(tokenHash)
  const isActive = await PersonModel.exists({ _id: link.person, organization: link.organization, active: true })
  if (!isActive) return refused(tokenHash)
  const session = await startSession(link.organization.toHexString(), link.person.toHexString())
  return { outcome: 'signedIn', session, path: link.path }
}

/** No link that was made so far signs anybody in any more. @returns how many could have */
export async function dropOpenSignInLinks(): Promise<number> {
  return (await SignInLinkModel.deleteMany({ usedAt: null, expiresAt: { $gt: new Date() } })).deletedCount
}

async function refused(tokenHash: string): Promise<Redemption> {
  const link = await SignInLinkModel.findOne({ tokenHash }).lean<SignInLinkDocument>()
  const person = link && (await PersonModel.findById(link.person, { email: 1 }).lean<Pick<PersonDocument, '_id' | 'email'>>())
  return { outcome: 'refused', account: person && { personId: person._id.toHexString(), email: person.email } }
}
