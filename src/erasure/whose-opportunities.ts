import type { ErasureDeps } from './erasure-deps.ts'

/** What the opportunities of a person are found by. */
interface Person {
  candidateId: string
  emails: string[]
  links: string[]
  pastKeys: string[]
  /** Those that the candidate is linked to, by an export or otherwise. */
  opportunityIds: string[]
  contactIds: string[]
  /** Those that the candidate's exports created. */
  made: string[]
  /** Those that exports found there before, by an e-mail or link. */
  found: string[]
}

interface Opportunities {
  own: string[]
  /** Also those of `own` that another candidate is linked to. */
  shared: string[]
  /** Candidates who are here and have some of `shared`. */
  sharers: string[]
}

type Claims = (id: string, contacts?: string[]) => Promise<string[]>

/**
 * Which opportunities are the person's own, and which merely have something of the person, so that nobody else loses anything:
 * - those of the candidate are, unless another candidate who is here has the same one; those that its exports created are in any case;
 * - others of the same contact are, unless the contact or the opportunity is also that of another candidate;
 * - so are those with a common e-mail or profile, if Lever shows no further ones there that the person is not known to have.
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

/** Opportunities with a common e-mail or profile: those about nobody else as far as Lever shows, and the ids of the rest. */
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
