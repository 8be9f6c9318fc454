import type { Middleware } from 'koa'
import { ServiceError } from '../../errors.ts'
import type { SiteState } from './site-state.ts'

/** Returns what keeps the process from serving requests since its start; null once it serves them. */
export type ClosedBy = () => 'database' | 'migration' | null

/** Refuses requests until the database can be used and its schema is up to date. */
export function untilOpen(closedBy: ClosedBy): Middleware<SiteState> {
  return async (_ctx, next) => {
    assertOpen(closedBy)
    await next()
  }
}

/** @throws ServiceError `storage_unavailable`, `migrating` */
export function assertOpen(closedBy: ClosedBy): void {
  const cause = closedBy()
  if (cause === 'database')
    throw new ServiceError('storage_unavailable', 'The database cannot be reached.', { headers: { 'Retry-After': '5' } })
  if (cause === 'migration')
    throw new ServiceError('migrating', 'Fulcrum is updating its database.', {
      hint: 'Nothing is lost. Try again in a minute.',
      headers: { 'Retry-After': '10' },
    })
}
