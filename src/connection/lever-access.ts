import type { ConnectionDocument } from './connection-model.ts'
import { needsOf, type Feature, type FeatureSettings } from './features.ts'
import type { KeyPermission } from './key-permissions.ts'
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts'

/** A scope or permission, and the features that need it; empty if every connection needs it. */
export interface Needed<Name extends string = string> {
  name: Name
  features: Feature[]
}

/** Every authorization asks for these: a refresh token, and creating webhooks through Lever's API. */
const ALWAYS = ['offline_access', 'webhooks:write:admin']

/**
 * Returns the OAuth scopes that the features need, read-only ones first: **Authorize** asks for these. At most 20 per
 * app (Lever's API documentation).
 */
export function neededScopes(settings: FeatureSettings): Needed[] {
  const needed = union(settings, (feature) => needsOf(feature, settings).scopes)
  const covered = needed.filter(({ name }) => !needed.some((other) => other.name !== name && includesScope(other.name, name)))
  const withAll = covered.map(({ name, features }) => {
    const also = needed.filter((other) => includesScope(name, other.name)).flatMap((other) => other.features)
    return { name, features: settings.features.filter((feature) => features.includes(feature) || also.includes(feature)) }
  })
  const all = [...ALWAYS.map((name): Needed => ({ name, features: [] })), ...withAll]
  return [...all.filter(({ name }) => !isWrite(name)), ...all.filter(({ name }) => isWrite(name))]
}

/** Returns the permissions that an API key needs for the features. */
export function neededPermissions(settings: FeatureSettings): Needed<KeyPermission>[] {
  return union(settings, (feature) => needsOf(feature, settings).permissions)
}

export function recommendedEvents(settings: FeatureSettings): readonly WebhookEvent[] {
  const wanted = settings.features.flatMap((feature) => needsOf(feature, settings).events)
  return WEBHOOK_EVENTS.filter((event) => wanted.includes(event))
}

/** Returns the scopes that the features need and the grant lacks. */
export function missingScopes(settings: FeatureSettings, granted: readonly string[]): string[] {
  return neededScopes(settings).flatMap(({ name }) => (isGranted(name, granted) ? [] : [name]))
}

/**
 * Returns the scopes or API key permissions that the feature needs and the grant lacks. For a key, only tested
 * permissions are known.
 */
export function lackedBy(feature: Feature, { auth, settings }: Pick<ConnectionDocument, 'auth' | 'settings'>): string[] {
  const { scopes, permissions } = needsOf(feature, settings)
  if (auth.kind === 'oauth') {
    const granted = [...(auth.scopes ?? []), ...(auth.waivedScopes ?? [])]
    return scopes.filter((scope) => !isGranted(scope, granted))
  }
  return permissions.filter((permission) => auth.lackedPermissions?.includes(permission))
}

/**
 * True if a grant shows confidential opportunities and postings (Lever's API documentation). For an API key, this was
 * tested when it was added.
 */
export function seesConfidential({ scopes, confidential }: Pick<ConnectionDocument['auth'], 'scopes' | 'confidential'>): boolean {
  return scopes?.includes('confidential:access:admin') ?? confidential ?? false
}

function union<Name extends string>({ features }: FeatureSettings, namesOf: (feature: Feature) => readonly Name[]): Needed<Name>[] {
  const names = new Set(features.flatMap((feature) => namesOf(feature)))
  return [...names].map((name) => ({ name, features: features.filter((feature) => namesOf(feature).includes(name)) }))
}

function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.some((one) => one === scope || includesScope(one, scope))
}

/** A write scope includes its read scope (Lever's API documentation). */
function includesScope(scope: string, other: string): boolean {
  return scope !== other && isWrite(scope) && scope.replace(':write:', ':read:') === other
}

function isWrite(scope: string): boolean {
  return scope.includes(':write:')
}
