import { Types } from 'mongoose'
import { activePeople, findPerson, peopleByEmail } from '../../src/accounts/people.ts'
import { PersonModel } from '../../src/accounts/person-model.ts'
import type { AuditRecord } from '../../src/audit/insert-records.ts'
import { ServiceError } from '../../src/errors.ts'
import type { LeverPerson } from '../../src/mapping/mapping-deps.ts'
import { createMappings, type Mappings } from '../../src/mapping/mappings.ts'

export interface MappingUnderTest {
  mappings: Mappings
  organization: string
  audited: AuditRecord[]
  /** Lever's users as Lever has them; what `lookUp` and `refresh` see goes into `seen`. */
  inLever: LeverPerson[]
  /** The mirror. */
  seen: Map<string, LeverPerson>
  lever: { isDown: boolean }
  addPerson: (email: string, fields?: { name?: string; active?: boolean }) => Promise<void>
}

export function leverUser(id: string, fields: Partial<LeverPerson> = {}): LeverPerson {
  return { id, name: `Lever ${id}`, email: `${id}@acme.example`, accessRole: 'team member', deactivatedAt: null, ...fields }
}

/** Mapping with people in the database, and Lever and its mirror as plain lists. */
export function mappingOf(...inLever: LeverPerson[]): MappingUnderTest {
  const organization = new Types.ObjectId().toHexString()
  const audited: AuditRecord[] = []
  const seen = new Map<string, LeverPerson>()
  const lever = { isDown: false }
  const ask = (): void => {
    if (lever.isDown) throw new ServiceError('lever_unavailable', 'Lever is down')
  }
  const sameEmail = (email: string) => (user: LeverPerson) => user.email?.toLowerCase() === email.trim().toLowerCase()
  const mappings = createMappings({
    accounts: { activePeople, findPerson, peopleByEmail },
    audit: { append: async (record) => void audited.push(record) },
    leverUsers: {
      lookUp: async (_organization, email) => {
        ask()
        const found = inLever.find(sameEmail(email)) ?? null
        if (found) seen.set(found.id, found)
        return found
      },
      byId: async (_organization, ids) => new Map([...seen].filter(([id]) => ids.includes(id))),
      all: async () => [...seen.values()],
      refresh: async () => {
        ask()
        for (const user of inLever) seen.set(user.id, user)
      },
    },
  })
  async function addPerson(email: string, fields: { name?: string; active?: boolean } = {}): Promise<void> {
    await PersonModel.create({ organization, email, name: 'Somebody', role: 'sourcer', ...fields })
  }
  return { mappings, organization, audited, inLever, seen, lever, addPerson }
}
