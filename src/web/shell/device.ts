import type { Accounts } from '../../accounts/accounts.ts'
import type { SiteContext } from './site-state.ts'
import { clientNetwork } from './client-address.ts'
import { accountKey } from './sign-in-failures.ts'

const DEVICE_COOKIE = 'fulcrum_device'
const KEPT_MS = 180 * 86_400_000
/** A browser is remembered for this many people, the most recent to sign in. */
const MOST_PEOPLE = 5
const SEPARATOR = '~'

/** Stores the mark of a person who signed in with this browser, replacing that person's earlier mark. Survives signing out. */
export function rememberDevice(ctx: SiteContext, mark: string): void {
  const [person] = mark.split('.')
  const others = deviceMarks(ctx).filter((one) => one.split('.')[0] !== person)
  ctx.state.cookies.set(ctx, DEVICE_COOKIE, [mark, ...others].slice(0, MOST_PEOPLE).join(SEPARATOR), { maxAgeMs: KEPT_MS })
}

function deviceMarks(ctx: SiteContext): string[] {
  return (ctx.state.cookies.get(ctx, DEVICE_COOKIE) ?? '').split(SEPARATOR).filter(Boolean).slice(0, MOST_PEOPLE)
}

/**
 * Resolves to the keys that failed sign-ins count under. A browser where this person signed in before has its own key, so strangers cannot
 * lock the person out; every other try counts by address and account. If `email` is null (not known yet), any person's mark in this browser
 * counts.
 */
export async function keysOfTry(ctx: SiteContext, accounts: Pick<Accounts, 'findDevice'>, email: string | null): Promise<string[]> {
  const device = await accounts.findDevice(deviceMarks(ctx), email)
  if (device !== null) return [`device ${device}`]
  return [`address ${clientNetwork(ctx)}`, ...(email === null ? [] : [accountKey(email)])]
}
