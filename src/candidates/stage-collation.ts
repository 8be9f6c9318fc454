/** Compares the sourcing tool's names of stages and projects: ignores case, respects accents. */
export const STAGE_COLLATION = { locale: 'en', strength: 2 } as const
