/** What a sync copies of Lever, in the order in which it does: users first, since mapping waits for them. */
export const RESOURCES = ['users', 'stages', 'archiveReasons', 'postings', 'requisitions'] as const
export type Resource = (typeof RESOURCES)[number]
