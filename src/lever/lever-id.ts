/** UUIDs, and words like `lead-new` (recorded answers). Lever is assumed to use no other signs, some of which would change a path. */
const LEVER_ID = /^[\w-]{1,100}$/

/** Whether a text from outside can be an id of Lever. */
export function isLeverId(text: string): boolean {
  return LEVER_ID.test(text)
}
