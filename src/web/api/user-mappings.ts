import { z } from 'zod'
import { actorOf } from '../../accounts/caller.ts'
import { MAPPING_STATUSES } from '../../mapping/mapping-view.ts'
import type { Mappings } from '../../mapping/mappings.ts'
import { UNMATCHED_REASONS } from '../../mapping/match-people.ts'
import { NEAR_MISSES } from '../../mapping/near-miss.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { pageOf, pageQuery } from './paging.ts'

const Email = z.string().trim().min(3).max(320)

const MappingInput = z
  .strictObject({
    leverEmail: Email.describe('The address in Lever. Case and surrounding white space do not matter'),
    active: z.boolean().optional().describe('Default: true. If inactive, the person cannot export'),
  })
  .meta({ id: 'UserMappingInput' })

const MappingOutput = z
  .object({
    userEmail: z.string(),
    leverEmail: z.string(),
    leverUserId: z.string(),
    leverName: z.string().nullable(),
    accessRole: z.string().nullable().describe("Lever's name for the role, or the id of a custom role"),
    active: z.boolean(),
    status: z.enum(MAPPING_STATUSES).describe('Whether exports can still be performed as the Lever user'),
  })
  .meta({ id: 'UserMapping' })

const Suggestion = z
  .object({
    leverUserId: z.string(),
    leverEmail: z.string(),
    leverName: z.string().nullable(),
    accessRole: z.string().nullable(),
    because: z.enum(NEAR_MISSES),
  })
  .meta({ id: 'UserMappingSuggestion' })

const AutoMatchOutput = z
  .object({
    matched: z.array(MappingOutput).describe('Mappings that were created'),
    unmatched: z.array(z.object({ userEmail: z.string(), reason: z.enum(UNMATCHED_REASONS), suggestions: z.array(Suggestion) })),
  })
  .meta({ id: 'AutoMatchResult' })

const TAG = 'User mapping'
const PARAMS = z.strictObject({ userEmail: z.string().min(1).max(320) })

export function userMappingEndpoints({ mappings }: { mappings: Mappings }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'get',
      path: '/user-mappings',
      tag: TAG,
      summary: 'List user mappings, newest first',
      access: 'admin',
      query: pageQuery,
      answers: { 200: { description: 'A page of mappings', schema: pageOf(MappingOutput) } },
      handle: async ({ caller, query }) => ({ status: 200, body: await mappings.list(caller.organization, query) }),
    }),
    defineEndpoint({
      method: 'put',
      path: '/user-mappings/{userEmail}',
      tag: TAG,
      summary: 'Map a person to a Lever user',
      description: 'Checked against Lever itself. A deactivated Lever user can only stay mapped with `active: false`.',
      access: 'admin',
      params: PARAMS,
      body: MappingInput,
      answers: { 200: { description: 'The mapping', schema: MappingOutput } },
      problems: [
        'user_not_found',
        'lever_user_not_found',
        'lever_user_deactivated',
        'lever_user_already_mapped',
        'connection_not_active',
        'lever_unavailable',
      ],
      handle: async ({ caller, params, body }) => ({
        status: 200,
        body: await mappings.put(caller.organization, params.userEmail, body, actorOf(caller)),
      }),
    }),
    defineEndpoint({
      method: 'delete',
      path: '/user-mappings/{userEmail}',
      tag: TAG,
      summary: 'Remove a mapping',
      access: 'admin',
      params: PARAMS,
      answers: { 204: { description: 'Removed' } },
      problems: ['not_found'],
      handle: async ({ caller, params }) => {
        await mappings.remove(caller.organization, params.userEmail, actorOf(caller))
        return { status: 204 }
      },
    }),
    defineEndpoint({
      method: 'post',
      path: '/user-mappings/auto-match',
      tag: TAG,
      summary: 'Map everyone who has the same email address in Lever',
      description:
        'Maps active people who have no mapping. Existing mappings stay as they are. The answer lists near misses for people who were not matched.',
      access: 'admin',
      answers: { 200: { description: 'People who were matched and people who were not', schema: AutoMatchOutput } },
      problems: ['connection_not_active', 'lever_unavailable'],
      handle: async ({ caller }) => ({ status: 200, body: await mappings.autoMatch(caller.organization, actorOf(caller)) }),
    }),
  ]
}
