import type { Posting } from './records.ts'

/** What a posting adds to the tags of an opportunity on it (recorded answer). */
export function postingTags(posting: Posting): string[] {
  const { department, team, location, commitment } = posting.categories
  return [posting.text, department, team, location, commitment].filter((tag) => tag !== null)
}
