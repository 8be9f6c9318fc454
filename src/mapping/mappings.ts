import type { PageRequest } from '../paging.ts'
import { countMappings, findMapping, listMappings, mappedPersonNames, mappingsOf } from './list-mappings.ts'
import type { MappingDeps } from './mapping-deps.ts'
import { autoMatch, suggest } from './match-people.ts'
import { putMapping, removeMapping, removeMappingIfAny } from './put-mapping.ts'
import { resolvePerformAs } from './resolve-perform-as.ts'

/** Matches people here to Lever users. `actor` is the value of `actorOf`. */
export function createMappings(deps: MappingDeps) {
  return {
    list: (organization: string, request: PageRequest) => listMappings(deps, organization, request),
    find: (organization: string, userEmail: string) => findMapping(deps, organization, userEmail),
    ofPeople: (organization: string, userEmails: readonly string[]) => mappingsOf(deps, organization, userEmails),
    put: (organization: string, userEmail: string, input: { leverEmail: string; active?: boolean | undefined }, actor: string) =>
      putMapping(deps, organization, userEmail, input, actor),
    remove: (organization: string, userEmail: string, actor: string) => removeMapping(deps, organization, userEmail, actor),
    removeIfAny: (organization: string, userEmail: string, actor: string) => removeMappingIfAny(deps, organization, userEmail, actor),
    autoMatch: (organization: string, actor: string) => autoMatch(deps, organization, actor),
    suggest: (organization: string) => suggest(deps, organization),
    personNames: (organization: string, ids: readonly string[]) => mappedPersonNames(deps, organization, ids),
    counts: (organization: string) => countMappings(deps, organization),
    resolvePerformAs: (organization: string, userEmail: string) => resolvePerformAs(deps, organization, userEmail),
  }
}

export type Mappings = ReturnType<typeof createMappings>
