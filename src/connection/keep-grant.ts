import { ServiceError } from '../errors.ts'
import { assertSameAccount, KNOWN_USERS, type AccountEvidence } from './account-identity.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument, type ConnectionStatus } from './connection-model.ts'
import { getConnection } from './find-connection.ts'

export interface NewGrant {
  evidence: AccountEvidence
  /** Pipeline fields of `auth` and `grant`. */
  fields: Record<string, unknown>
  action: 'connection.authorized' | 'connection.apiKeyAdded'
  actor: string
}

/** Races with a refresh or another authorization, after which it gives up. */
const TRIES = 5

/**
 * Puts a new grant in the place of the one before, if it is of the same Lever account, and lets what waited for it go on.
 * Settings, mappings and signature tokens stay. Resolves once the grant is durable.
 * @throws ServiceError `lever_account_mismatch`, `state_conflict`
 */
export async function keepGrant(context: ConnectionContext, organization: string, grant: NewGrant): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const connection = await getConnection(organization)
    const userIds = await assertSameAccount(connection, grant.evidence)
    if (!(await replaceGrant(connection, grant, userIds))) continue
    await context.audit.append({ organization, actor: grant.actor, action: grant.action, subject: subjectOf(connection) })
    await context.publish('connectionAuthorized', { organization }).catch((error: unknown) => {
      context.log.error({ organization, err: error }, 'authorized, but what follows from it did not begin')
    })
    return
  }
  throw new ServiceError('state_conflict', 'The connection was changed at the same time.', { hint: 'Try again.' })
}

/** Compare-and-set on the generation, so that the account that was compared is the account that is replaced. */
async function replaceGrant(connection: ConnectionDocument, grant: NewGrant, userIds: string[]): Promise<boolean> {
  const { accountId } = grant.evidence
  const known = { $ifNull: ['$knownLeverUserIds', []] }
  const replaced = await ConnectionModel.updateOne(
    { _id: connection._id, 'grant.generation': connection.grant.generation, status: connection.status },
    [
      { $unset: ['auth', 'statusBeforeRevocation', 'revokedBecause', ...GRANT_FIELDS] },
      {
        $set: {
          ...grant.fields,
          'grant.generation': connection.grant.generation + 1,
          status: statusAfter(connection),
          ...(accountId ? { leverAccountId: { $literal: accountId } } : {}),
          knownLeverUserIds: { $slice: [{ $setUnion: [known, { $literal: userIds }] }, KNOWN_USERS] },
        },
      },
    ],
    { updatePipeline: true, writeConcern: { w: 'majority', j: true } },
  )
  return replaced.matchedCount === 1
}

function statusAfter({ status, statusBeforeRevocation }: ConnectionDocument): ConnectionStatus {
  if (status === 'revoked') return statusBeforeRevocation ?? 'configuring'
  return status === 'disconnected' ? 'configuring' : status
}

/** All of a grant but its generation, which only rises. */
export const GRANT_FIELDS = [
  'accessToken', 'refreshToken', 'apiKey', 'accessTokenExpiresAt', 'obtainedAt', 'refreshLeaseUntil', 'refreshLeaseHolder', 'refusals',
  'unanswered', 'earlyRenewals', 'fingerprint',
].map((field) => `grant.${field}`) // prettier-ignore
