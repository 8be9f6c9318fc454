import { dropSetUpLinks } from '../accounts/first-admin.ts'
import { OrganizationModel } from '../accounts/organization-model.ts'
import { endAllSessions } from '../accounts/sessions.ts'
import { dropOpenSignInLinks } from '../accounts/sign-in-links.ts'
import type { Audit } from '../audit/audit.ts'
import { dropOpenAuthorizations } from '../connection/authorize-link.ts'
import { noteTokensMayBeLost } from '../connection/grant.ts'
import type { RestoredExports } from '../export/mark-restored.ts'
import { makeSyncsDue } from '../mirror/sync-schedule.ts'

export interface RestoreReport extends RestoredExports {
  conversations: number
  sessions: number
  /** Sign-in links, and authorizations that were under way. */
  links: number
  grants: number
  syncs: number
}

/**
 * Prepares a database restored from a backup before the service runs on it. All open work becomes unclear, because it
 * may have been done after the backup was made. Everything that could sign somebody in is invalidated, because it may
 * have been used or revoked since. May be run twice.
 */
export async function afterRestore(deps: {
  markExports: () => Promise<RestoredExports>
  markConversations: () => Promise<number>
  audit: Pick<Audit, 'goOnFromBackup'>
}): Promise<RestoreReport> {
  const marked = await deps.markExports()
  const conversations = await deps.markConversations()
  const sessions = await endAllSessions()
  await dropSetUpLinks()
  const links = (await dropOpenSignInLinks()) + (await dropOpenAuthorizations())
  const grants = await noteTokensMayBeLost()
  const syncs = await makeSyncsDue()
  for await (const { _id } of OrganizationModel.find({}, { _id: 1 }).lean().cursor()) await deps.audit.goOnFromBackup(String(_id))
  return { ...marked, conversations, sessions, links, grants, syncs }
}
