/** Signed-in users of the sandbox's own pages: in memory, so a restart signs everybody out. */
import { randomBytes } from 'node:crypto'
import type { User } from '../account/records.ts'
import type { SandboxContext } from '../sandbox-state.ts'
import type { World } from '../world.ts'

/** A distinct name: the product on another port of the same host shares the cookie jar. */
const COOKIE = 'lever_sandbox'

export class Sessions {
  readonly #world: World
  readonly #userIds = new Map<string, string>()

  constructor(world: World) {
    this.#world = world
  }

  signIn(ctx: SandboxContext, user: User): void {
    const id = randomBytes(24).toString('hex')
    this.#userIds.set(id, user.id)
    ctx.cookies.set(COOKIE, id, { httpOnly: true, sameSite: 'lax', path: '/' })
  }

  signOut(ctx: SandboxContext): void {
    this.#userIds.delete(ctx.cookies.get(COOKIE) ?? '')
    ctx.cookies.set(COOKIE, null)
  }

  /** Also null for a user who has since been deactivated. */
  userOf(ctx: SandboxContext): User | null {
    const user = this.#world.account.users.get(this.#userIds.get(ctx.cookies.get(COOKIE) ?? '') ?? '')
    return user && user.deactivatedAt === null ? user : null
  }
}
