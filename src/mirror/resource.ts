/** The resources that a sync copies from Lever, in order: users first, because mapping waits for them. */
export const RESOURCES = ['users', 'stages', 'archiveReasons', 'postings', 'requisitions'] as const
export type Resource = (typeof RESOURCES)[number]

/**
 * The resources that a caller may request to be read again. Opportunities are read separately from the others: first
 * all of them, then the changes.
 */
export const SYNCED = [...RESOURCES, 'opportunities'] as const
export type Synced = (typeof SYNCED)[number]
