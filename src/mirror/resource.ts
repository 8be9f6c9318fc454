/** What a sync copies of Lever, in the order in which it does: users first, since mapping waits for them. */
export const RESOURCES = ['users', 'stages', 'archiveReasons', 'postings', 'requisitions'] as const
export type Resource = (typeof RESOURCES)[number]

/** What can be asked to be read anew; opportunities are read apart from the others, at first all, then what changed. */
export const SYNCED = [...RESOURCES, 'opportunities'] as const
export type Synced = (typeof SYNCED)[number]
