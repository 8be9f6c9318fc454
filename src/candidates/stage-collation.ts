/** How the sourcing tool's words for stages and projects compare: case makes no difference, accents do. */
export const STAGE_COLLATION = { locale: 'en', strength: 2 } as const
