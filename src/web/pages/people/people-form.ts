import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import { actorOf, type PersonCaller } from '../../../accounts/caller.ts'
import { PERSON_ROLES } from '../../../accounts/person-model.ts'
import type { Person } from '../../../accounts/people.ts'
import { jsonOf } from '../kit/json-of.ts'
import { refuseStrayFields } from '../kit/stray-fields.ts'

const State = z.object({ email: z.string(), role: z.enum(PERSON_ROLES), active: z.boolean() })
type State = z.output<typeof State>

/** A row of the form, and its state when the page was rendered. */
export interface PersonChange extends State {
  was: State
}

/** The form of people. Fields per person, by id: `was:` holds the row when the page was rendered, `role:`, and `active:` if switched on. */
export const PeopleForm = z.record(z.string(), z.string().max(1000)).transform((fields, context) => {
  refuseStrayFields(fields, ['role', 'active'], context)
  return Object.entries(fields).flatMap(([name, text]): PersonChange[] => {
    if (!name.startsWith('was:')) return []
    const id = name.slice('was:'.length)
    const { data: was } = State.safeParse(jsonOf(text))
    const { data: role } = State.shape.role.safeParse(fields[`role:${id}`])
    if (was === undefined || role === undefined) {
      context.addIssue({ code: 'custom', path: [name], message: 'does not belong to this form' })
      return []
    }
    return [{ email: was.email, role, active: fields[`active:${id}`] !== undefined, was }]
  })
})

/**
 * Saves the changed rows of the form except the caller's own, so that people cannot lock themselves out. May be repeated.
 * @returns how many were saved, who was deactivated, and the names of people whom somebody else has changed since, who are left alone
 */
export async function savePeople(
  accounts: Pick<Accounts, 'findPerson' | 'putPerson'>,
  caller: PersonCaller,
  changes: readonly PersonChange[],
): Promise<{ saved: number; deactivated: Person[]; changedMeanwhile: string[] }> {
  const { organization } = caller
  let saved = 0
  const deactivated: Person[] = []
  const changedMeanwhile: string[] = []
  for (const { was, email, role, active } of changes.filter((one) => !isSame(one, one.was))) {
    const now = await accounts.findPerson(organization, email)
    if (now?.id === caller.personId || (now && isSame(now, { role, active }))) continue
    if (!now || !isSame(now, was)) {
      changedMeanwhile.push(now?.name ?? email)
      continue
    }
    await accounts.putPerson(organization, email, { name: now.name, role, active }, actorOf(caller))
    saved += 1
    if (now.active && !active) deactivated.push(now)
  }
  return { saved, deactivated, changedMeanwhile }
}

function isSame(a: Pick<Person, 'role' | 'active'>, b: Pick<Person, 'role' | 'active'>): boolean {
  return a.role === b.role && a.active === b.active
}
