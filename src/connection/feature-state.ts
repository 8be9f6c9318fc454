import { ServiceError } from '../errors.ts'
import type { ConnectionDocument, ConnectionStatus } from './connection-model.ts'
import { connectionNotActive, GRANTED } from './grant.ts'
import type { Feature } from './features.ts'
import { lackedBy } from './lever-access.ts'

type Stated = Pick<ConnectionDocument, 'status' | 'auth' | 'settings'>

/** Why what belongs to a feature cannot be done: it is off, or Lever has not granted what it needs; null where it can. */
export function featureProblem(connection: Stated, feature: Feature): ServiceError | null {
  return offProblem(connection, feature) ?? scopeProblem(connection, feature)
}

/** Why a feature cannot be used at all; null where it is on. */
export function offProblem({ settings }: Pick<Stated, 'settings'>, feature: Feature): ServiceError | null {
  if (settings.features.includes(feature)) return null
  return new ServiceError('feature_off', `This connection is not used for ${IN_WORDS[feature]}.`, {
    hint: 'Turn it on in Settings > ATS configuration > ATS settings.',
    extra: { feature },
  })
}

function scopeProblem(connection: Stated, feature: Feature): ServiceError | null {
  const missing = GRANTED.includes(connection.status) ? lackedBy(feature, connection) : []
  const [scope] = missing
  if (scope === undefined) return null
  const isKey = connection.auth.kind === 'apiKey'
  return new ServiceError('scope_missing', `Lever has not granted what ${IN_WORDS[feature]} need: ${missing.join(', ')}.`, {
    hint: `${isKey ? 'Use another API key' : 'Authorize again'} in Settings > ATS configuration.`,
    extra: { feature, scope, missing },
  })
}

/** Plural, since they stand in sentences. */
const IN_WORDS: Record<Feature, string> = {
  export: 'exports',
  conversations: 'conversations',
  interviews: 'interviews',
  results: 'interview results',
  requisitions: 'requisitions',
  hires: 'hires',
}

/**
 * Allows what begins something in Lever.
 * @throws ServiceError `feature_off`, `connection_not_active` (409) unless it is active, `scope_missing`
 */
export function assertActive(connection: Stated, feature: Feature): void {
  const off = offProblem(connection, feature)
  if (off) throw off
  if (connection.status !== 'active') throw connectionNotActive(connection.status)
  const problem = scopeProblem(connection, feature)
  if (problem) throw problem
}

/** Whether Lever would take at least one of the features. */
export function isAnyGranted(connection: Stated): boolean {
  return GRANTED.includes(connection.status) && connection.settings.features.some((feature) => lackedBy(feature, connection).length === 0)
}

/** The status as work of one feature sees it: what is off waits as in a pause, what is not granted as for an authorization. */
export function statusFor(connection: Stated, feature: Feature): ConnectionStatus {
  const { status } = connection
  if (status !== 'active' && status !== 'paused') return status
  if (offProblem(connection, feature)) return 'paused'
  return scopeProblem(connection, feature) ? 'revoked' : status
}
