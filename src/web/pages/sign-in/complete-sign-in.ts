import type { Accounts } from '../../../accounts/accounts.ts'
import type { Person } from '../../../accounts/people.ts'
import { replaceSession } from '../../shell/session.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'

/** Signs in a person who is proven to be all of these people, and redirects to `next`; with several, they first choose the organization. */
export async function completeSignIn(
  ctx: SiteContext,
  accounts: Pick<Accounts, 'signInAs' | 'endSession'>,
  people: readonly [Person, ...Person[]],
  { by, next }: { by: 'password' | 'openId'; next: string },
): Promise<void> {
  await replaceSession(ctx, accounts, await accounts.signInAs(people, by))
  seeOther(ctx, people.length === 1 ? next : `/account/organizations?next=${encodeURIComponent(next)}`)
}

/** True if the list is not empty. */
export function hasPeople(people: readonly Person[]): people is readonly [Person, ...Person[]] {
  return people.length > 0
}
