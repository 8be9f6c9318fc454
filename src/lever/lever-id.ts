/** UUIDs, and words like `lead-new` (recorded answers). Lever is assumed to use no other characters, some of which would change a path. */
const LEVER_ID = /^[\w-]{1,100}$/

/** True if outside text can be a Lever id. */
export function isLeverId(text: string): boolean {
  return LEVER_ID.test(text)
}
