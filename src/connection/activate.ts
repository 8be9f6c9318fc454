import { ServiceError } from '../errors.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { assertActive } from './feature-state.ts'
import { getConnection } from './find-connection.ts'
import { connectionNotActive } from './grant.ts'
import { missingOf } from './readiness.ts'

/**
 * Allows exports to begin, for the first time or after a pause. May be repeated.
 * @throws ServiceError `not_ready` with `missing`
 */
export async function activate(context: ConnectionContext, organization: string, actor: string): Promise<void> {
  const connection = await getConnection(organization)
  const missing = missingOf(connection, await context.neighbours.readMappingCounts(organization))
  if (missing.length > 0) {
    throw new ServiceError('not_ready', `Not ready yet: ${missing.map((name) => IN_WORDS[name]).join(', ')}.`, { extra: { missing } })
  }
  const changed = await ConnectionModel.updateOne(
    { _id: connection._id, status: { $in: ['configuring', 'paused'] } },
    { $set: { status: 'active' }, $currentDate: { unscheduledSince: true } },
  )
  if (changed.matchedCount === 0) return assertStatus(organization, 'active')
  await context.audit.append({ organization, actor, action: 'connection.activated', subject: subjectOf(connection) })
  await context.publish('connectionActivated', { organization })
}

const IN_WORDS = {
  authorization: 'Lever has not granted the permissions that the selected features need',
  activeMapping: 'no active person is mapped to a Lever user',
}

/**
 * Stops new exports from beginning. Running exports finish, and webhooks continue. May be repeated.
 * @throws ServiceError `connection_not_active` unless it was active
 */
export async function pause(context: ConnectionContext, organization: string, actor: string): Promise<void> {
  const connection = await getConnection(organization)
  const changed = await ConnectionModel.updateOne({ _id: connection._id, status: 'active' }, { $set: { status: 'paused' } })
  if (changed.matchedCount === 0) return assertStatus(organization, 'paused')
  await context.audit.append({ organization, actor, action: 'connection.paused', subject: subjectOf(connection) })
  await context.publish('connectionPaused', { organization })
}

/** A repeated call is not an error, but a status that changed in between is. */
async function assertStatus(organization: string, wanted: ConnectionDocument['status']): Promise<void> {
  const { status } = await getConnection(organization)
  if (status !== wanted) throw connectionNotActive(status)
}

/**
 * @param known the connection, if it was just read
 * @throws ServiceError `feature_off`, `connection_not_active`, `scope_missing` (all 409) unless exports may begin
 */
export async function assertExporting(organization: string, known?: ConnectionDocument): Promise<void> {
  assertActive(known ?? (await getConnection(organization)), 'export')
}
