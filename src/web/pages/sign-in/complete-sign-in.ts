import type { Accounts } from '../../../accounts/accounts.ts'
import type { Person } from '../../../accounts/people.ts'
import { replaceSession } from '../../shell/session.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'

/** Signs in somebody proven to be all of these people, and goes on to `next`; where there are several, to choose the organization first. */
export async function completeSignIn(
  ctx: SiteContext,
  accounts: Pick<Accounts, 'signInAs' | 'endSession'>,
  people: readonly [Person, ...Person[]],
  { by, next }: { by: 'password' | 'openId'; next: string },
): Promise<void> {
  await replaceSession(ctx, accounts, await accounts.signInAs(people, by))
  seeOther(ctx, people.length === 1 ? next : `/account/organizations?next=${encodeURIComponent(next)}`)
}

/** True where there is anybody. */
export function hasPeople(people: readonly Person[]): people is readonly [Person, ...Person[]] {
  return people.length > 0
}
