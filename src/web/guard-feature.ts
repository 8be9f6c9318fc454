import type { Connections } from '../connection/connections.ts'
import type { Feature } from '../connection/features.ts'
import type { Endpoint } from './api/endpoint.ts'
import { personOf } from './shell/require-person.ts'
import type { PageRoute } from './shell/page-route.ts'

type FeatureGuard = Pick<Connections, 'assertFeature'>

/**
 * Guards the endpoints of a feature: 409 `feature_off` if the organization does not use it, and 409 `scope_missing` for actions that start
 * something Lever has not granted. Previews are not refused: their answers contain the reason.
 */
export function guardEndpoints(feature: Feature, guard: FeatureGuard, endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.map((endpoint) => {
    if (endpoint.reads) return endpoint
    const toBegin = begins(endpoint)
    const codes = toBegin ? (['feature_off', 'scope_missing'] as const) : (['feature_off'] as const)
    return {
      ...endpoint,
      problems: [...new Set([...(endpoint.problems ?? []), ...codes])],
      async check(input) {
        if ('organization' in input.caller) input.connection = await guard.assertFeature(input.caller.organization, feature, { toBegin })
        await endpoint.check?.(input)
      },
    }
  })
}

/** Actions that end or pause something do not need Lever. */
function begins({ method, path }: Endpoint): boolean {
  return method !== 'get' && method !== 'delete' && !path.endsWith('/cancel') && !path.endsWith('/pause')
}

/** Guards the pages of a feature: 409 `feature_off` if the organization does not use it. Their actions report missing grants themselves. */
export function guardPages(feature: Feature, guard: FeatureGuard, routes: readonly PageRoute[]): PageRoute[] {
  return routes.map((route) => ({
    ...route,
    async handle(ctx) {
      await guard.assertFeature(personOf(ctx).organization, feature, { toBegin: false })
      await route.handle(ctx)
    },
  }))
}
