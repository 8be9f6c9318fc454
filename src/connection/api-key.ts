import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ServiceError } from '../errors.ts'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { requireAdmin } from './authorize-link.ts'
import type { ConnectionContext } from './connection-context.ts'
import { getConnection } from './find-connection.ts'
import { keepGrant } from './grant.ts'
import { permissionWords, type KeyPermission } from './key-permissions.ts'
import { neededPermissions } from './lever-access.ts'
import { basicHeader, CredentialRefused, trialCredentials } from './lever-credentials.ts'
import { keySeesConfidential, missingPermissions } from './probe-key.ts'

/** An API key as pasted. */
export const LeverApiKeyText = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[!-~]+$/, 'must be printable ASCII without white space')

/**
 * Connects with a Lever API key, after checking that it has all the permissions that the features in use need, and
 * replaces the current grant. May be repeated.
 * @throws ServiceError `user_not_found`, `admin_required`, `lever_key_rejected`, `lever_key_lacks_permission` (with
 * `missing`), `lever_account_mismatch`; LeverCallError
 */
export async function putApiKey(
  context: ConnectionContext,
  organization: string,
  input: { apiKey: string; userEmail: string },
  actor: string,
): Promise<void> {
  const admin = await requireAdmin(context, organization, input.userEmail)
  const { apiKey } = input
  const fingerprint = createHash('sha256').update(apiKey).digest('base64url')
  const client = context.clientWith(trialCredentials(basicHeader(apiKey), fingerprint, null))
  try {
    const { settings } = await getConnection(organization)
    const needed = neededPermissions(settings).map(({ name }) => name)
    await assertPermitted(client, needed)
    await keepGrant(context, organization, {
      evidence: { accountId: null, userId: null, client },
      fields: {
        'auth.kind': 'apiKey',
        'auth.lastFour': { $literal: apiKey.slice(-4) },
        'auth.permissions': { $literal: needed },
        'auth.confidential': await keySeesConfidential(client),
        'auth.addedBy': { $literal: admin.email },
        'auth.addedAt': '$$NOW',
        'grant.apiKey': context.secrets.seal(organization, 'grant.apiKey', apiKey),
        'grant.obtainedAt': '$$NOW',
        'grant.fingerprint': fingerprint,
      },
      action: 'connection.apiKeyAdded',
      actor,
    })
  } catch (error) {
    throw asKeyProblem(error)
  }
}

async function assertPermitted(client: LeverClient, needed: readonly KeyPermission[]): Promise<void> {
  const missing = await missingPermissions(client, needed)
  if (missing.length === 0) return
  throw new ServiceError('lever_key_lacks_permission', 'This API key lacks permissions.', {
    hint: `A key’s permissions cannot be changed in Lever: create a new key with ${needed.map(permissionWords).join(', ')}.`,
    extra: { missing },
  })
}

function asKeyProblem(error: unknown): unknown {
  if (!(error instanceof CredentialRefused) && !isLeverStatus(error, 401)) return error
  return new ServiceError('lever_key_rejected', 'Lever does not accept this API key.', {
    hint: 'Copy it again from Settings > Integrations and API > API Credentials in Lever, or create a new one there.',
  })
}
