import { ServiceError } from '../errors.ts'
import type { ConnectionDocument, ConnectionStatus } from './connection-model.ts'
import { connectionNotActive, GRANTED } from './grant.ts'
import type { Feature } from './features.ts'
import { lackedBy } from './lever-access.ts'

type Stated = Pick<ConnectionDocument, 'status' | 'auth' | 'settings'>

/**
 * Returns why a feature does not work: it is off, or Lever has not granted everything that it needs. Returns null if
 * it works.
 */
export function featureProblem(connection: Stated, feature: Feature): ServiceError | null {
  return offProblem(connection, feature) ?? scopeProblem(connection, feature)
}

/** Returns why a feature cannot be used at all; null if it is on. */
export function offProblem({ settings }: Pick<Stated, 'settings'>, feature: Feature): ServiceError | null {
  if (settings.features.includes(feature)) return null
  return new ServiceError('feature_off', `This connection is not used for ${IN_WORDS[feature]}.`, {
    hint: 'Turn this feature on in Settings > ATS configuration > ATS settings.',
    extra: { feature },
  })
}

function scopeProblem(connection: Stated, feature: Feature): ServiceError | null {
  const missing = GRANTED.includes(connection.status) ? lackedBy(feature, connection) : []
  const [scope] = missing
  if (scope === undefined) return null
  const isKey = connection.auth.kind === 'apiKey'
  return new ServiceError(
    'scope_missing',
    `Lever has not granted all the permissions that ${IN_WORDS[feature]} need: ${missing.join(', ')}.`,
    {
      hint: `${isKey ? 'Use another API key' : 'Authorize again'} in Settings > ATS configuration.`,
      extra: { feature, scope, missing },
    },
  )
}

/** Plural, because they are used in sentences. */
const IN_WORDS: Record<Feature, string> = {
  export: 'exports',
  conversations: 'conversations',
  interviews: 'interviews',
  results: 'interview results',
  requisitions: 'requisitions',
  hires: 'hires',
}

/**
 * Checks that the connection may begin something in Lever for the feature.
 * @throws ServiceError `feature_off`, `connection_not_active` (409) unless it is active, `scope_missing`
 */
export function assertActive(connection: Stated, feature: Feature): void {
  const off = offProblem(connection, feature)
  if (off) throw off
  if (connection.status !== 'active') throw connectionNotActive(connection.status)
  const problem = scopeProblem(connection, feature)
  if (problem) throw problem
}

/** True if Lever grants everything that at least one of the features needs. */
export function isAnyGranted(connection: Stated): boolean {
  return GRANTED.includes(connection.status) && connection.settings.features.some((feature) => lackedBy(feature, connection).length === 0)
}

/**
 * Returns the status for work of one feature: a feature that is off waits as if paused, and one that is not granted
 * waits for an authorization.
 */
export function statusFor(connection: Stated, feature: Feature): ConnectionStatus {
  const { status } = connection
  if (status !== 'active' && status !== 'paused') return status
  if (offProblem(connection, feature)) return 'paused'
  return scopeProblem(connection, feature) ? 'revoked' : status
}
