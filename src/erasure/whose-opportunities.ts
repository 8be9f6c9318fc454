import type { ErasureDeps } from './erasure-deps.ts'

/** The values that find a person's opportunities. */
interface Person {
  candidateId: string
  emails: string[]
  links: string[]
  pastKeys: string[]
  /** Opportunities that the candidate is linked to, by an export or otherwise. */
  opportunityIds: string[]
  contactIds: string[]
  /** Opportunities that the candidate's exports created. */
  made: string[]
  /** Opportunities that existed before and that exports found by an email or link. */
  found: string[]
}

interface Opportunities {
  own: string[]
  /** Includes those of `own` that another candidate is linked to. */
  shared: string[]
  /** Existing candidates that have some of `shared`. */
  sharers: string[]
}

type Claims = (id: string, contacts?: string[]) => Promise<string[]>

/**
 * Tells which opportunities belong to the person, and which merely share a value with them, so that nobody else loses
 * data. The person's own are:
 * - the candidate's opportunities, unless another existing candidate has the same one; those that its exports created
 * in any case;
 * - other opportunities of the same contact, unless the contact or the opportunity also belongs to another candidate;
 * - opportunities with a common email or profile, if Lever shows no further ones there that are not known to be the
 * person's.
 */
export async function findOpportunities(deps: ErasureDeps, organization: string, person: Person): Promise<Opportunities> {
  const certain = distinct([...person.opportunityIds, ...person.made])
  const { alike, foreign } = await sharing(deps, organization, person)
  const contactIds = distinct([...person.contactIds, ...(await contactsOf(deps, organization, certain))])
  const siblings = (await Promise.all(contactIds.map((id) => deps.mirror.opportunitiesOfContact(organization, id)))).flat()
  const claims = claimsOf(deps, organization, person.candidateId)
  const own: string[] = []
  const shared = foreign
  const sharers: string[] = []

  async function sort(id: string, contacts?: string[]): Promise<void> {
    const others = await claims(id, contacts)
    sharers.push(...others)
    if (others.length === 0 || person.made.includes(id)) own.push(id)
    if (others.length > 0) shared.push(id)
  }

  for (const id of foreign) sharers.push(...(await claims(id)))
  for (const id of certain) await sort(id)
  for (const { id, contact } of [...siblings, ...alike]) {
    if (!certain.includes(id)) await sort(id, contact ? [contact] : [])
  }
  return { own: distinct(own), shared: distinct(shared), sharers: distinct(sharers) }
}

/**
 * Returns the opportunities with a common email or profile that, as far as Lever shows, are about nobody else, and
 * the ids of the rest.
 */
async function sharing(deps: ErasureDeps, organization: string, person: Person) {
  const known = await deps.mirror.opportunitiesSharing(organization, person)
  const foreignContacts = new Set(known.flatMap(({ contact, ofOthersToo }) => (ofOthersToo && contact ? [contact] : [])))
  const alike = known.filter(({ contact, ofOthersToo }) => !ofOthersToo && !(contact && foreignContacts.has(contact)))
  const clear = new Set([...alike.map(({ id }) => id), ...person.opportunityIds, ...person.made])
  return { alike, foreign: distinct([...known.map(({ id }) => id), ...person.found]).filter((id) => !clear.has(id)) }
}

async function contactsOf(deps: ErasureDeps, organization: string, opportunityIds: string[]): Promise<string[]> {
  const contacts = await Promise.all(opportunityIds.map((id) => deps.mirror.contactOf(organization, id)))
  return contacts.filter((id) => id !== null)
}

/** Asks which other candidates are linked to this opportunity, or to another one of these contacts. */
function claimsOf(deps: ErasureDeps, organization: string, candidateId: string): Claims {
  return async (id, contactIds = []) => {
    const exported = await deps.exports.candidatesIn(organization, { opportunityIds: [id], contactIds })
    const others = distinct([...exported, ...(await deps.candidates.linkedTo(organization, id))]).filter((one) => one !== candidateId)
    const here = await Promise.all(others.map((one) => deps.candidates.find(organization, one)))
    return here.flatMap((candidate) => (candidate ? [String(candidate._id)] : []))
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
