import { isValidObjectId } from 'mongoose'
import { normalizeEmail } from '../accounts/email-address.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import type { MappingDeps } from './mapping-deps.ts'
import { MappingModel, type MappingDocument } from './mapping-model.ts'
import { toMappingView, type MappingView } from './mapping-view.ts'

/** Returns mappings with their Lever users as last seen, newest first. */
export async function listMappings(deps: MappingDeps, organization: string, request: PageRequest): Promise<Page<MappingView>> {
  const { data, nextCursor } = await page(MappingModel, { organization }, request, (mapping) => mapping)
  const leverUsers = await deps.leverUsers.byId(
    organization,
    data.map(({ leverUserId }) => leverUserId),
  )
  return { data: data.map((mapping) => toMappingView(mapping, leverUsers.get(mapping.leverUserId))), nextCursor }
}

/** Returns the person's mapping; null if there is none. */
export async function findMapping(deps: MappingDeps, organization: string, userEmail: string): Promise<MappingView | null> {
  const mapping = await MappingModel.findOne({ organization, userEmail: normalizeEmail(userEmail) }).lean<MappingDocument>()
  if (!mapping) return null
  return toMappingView(mapping, (await deps.leverUsers.byId(organization, [mapping.leverUserId])).get(mapping.leverUserId))
}

/** Returns the mappings of these people by `userEmail`, with addresses in their compared form. */
export async function mappingsOf(
  deps: MappingDeps,
  organization: string,
  userEmails: readonly string[],
): Promise<Map<string, MappingView>> {
  const mappings = await MappingModel.find({ organization, userEmail: { $in: userEmails } }).lean<MappingDocument[]>()
  const leverUsers = await deps.leverUsers.byId(
    organization,
    mappings.map(({ leverUserId }) => leverUserId),
  )
  return new Map(mappings.map((mapping) => [mapping.userEmail, toMappingView(mapping, leverUsers.get(mapping.leverUserId))]))
}

/** Returns the names of the people in these mappings, by mapping id. */
export async function mappedPersonNames(deps: MappingDeps, organization: string, ids: readonly string[]): Promise<Map<string, string>> {
  const wanted = ids.filter((id) => isValidObjectId(id))
  const mappings = await MappingModel.find({ organization, _id: { $in: wanted } }, { userEmail: 1 }).lean()
  const emails = mappings.map(({ userEmail }) => userEmail)
  const people = await deps.accounts.peopleByEmail(organization, emails)
  return new Map(mappings.map(({ _id, userEmail }) => [String(_id), people.get(userEmail)?.name ?? userEmail]))
}

/**
 * Returns how many people are mapped, and how many of those may export: the mapping is on, the person is active, and
 * the user is not deactivated in Lever.
 */
export async function countMappings(deps: MappingDeps, organization: string): Promise<{ mapped: number; active: number }> {
  const mappings = await MappingModel.find({ organization }).lean<MappingDocument[]>()
  const on = mappings.filter(({ active }) => active)
  const [people, leverUsers] = await Promise.all([
    deps.accounts.peopleByEmail(
      organization,
      on.map(({ userEmail }) => userEmail),
    ),
    deps.leverUsers.byId(
      organization,
      on.map(({ leverUserId }) => leverUserId),
    ),
  ])
  const mayExport = on.filter(
    ({ userEmail, leverUserId }) => people.get(userEmail)?.active && leverUsers.get(leverUserId)?.deactivatedAt === null,
  )
  return { mapped: mappings.length, active: mayExport.length }
}
