import type { Accounts } from '../../accounts/accounts.ts'
import type { SiteContext } from './site-state.ts'
import { clientNetwork } from './client-address.ts'
import { accountKey } from './sign-in-failures.ts'

const DEVICE_COOKIE = 'fulcrum_device'
const KEPT_MS = 180 * 86_400_000
/** Of so many people a browser is remembered, the last ones to sign in. */
const MOST_PEOPLE = 5
const SEPARATOR = '~'

/** Keeps the mark of somebody who has signed in with this browser, in place of an earlier one of the same person. Survives signing out. */
export function rememberDevice(ctx: SiteContext, mark: string): void {
  const [person] = mark.split('.')
  const others = deviceMarks(ctx).filter((one) => one.split('.')[0] !== person)
  ctx.state.cookies.set(ctx, DEVICE_COOKIE, [mark, ...others].slice(0, MOST_PEOPLE).join(SEPARATOR), { maxAgeMs: KEPT_MS })
}

function deviceMarks(ctx: SiteContext): string[] {
  return (ctx.state.cookies.get(ctx, DEVICE_COOKIE) ?? '').split(SEPARATOR).filter(Boolean).slice(0, MOST_PEOPLE)
}

/**
 * The keys that failed sign-ins count under. A browser where this person signed in before has a key of its own, so strangers cannot lock
 * the person out; every other try counts by address and account. Where `email` is null (not known yet), any person's browser will do.
 */
export async function keysOfTry(ctx: SiteContext, accounts: Pick<Accounts, 'findDevice'>, email: string | null): Promise<string[]> {
  const device = await accounts.findDevice(deviceMarks(ctx), email)
  if (device !== null) return [`device ${device}`]
  return [`address ${clientNetwork(ctx)}`, ...(email === null ? [] : [accountKey(email)])]
}
