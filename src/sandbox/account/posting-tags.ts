import type { Posting } from './records.ts'

/** Returns the tags that a posting adds to its opportunities (recorded answer). */
export function postingTags(posting: Posting): string[] {
  const { department, team, location, commitment } = posting.categories
  return [posting.text, department, team, location, commitment].filter((tag) => tag !== null)
}
