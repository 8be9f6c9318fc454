/** UUIDs, and words like `lead-new` (recorded answers); other signs are assumed never to occur, and would make another path of it. */
const LEVER_ID = /^[\w-]{1,100}$/

/** Whether a text from outside can be an id of Lever at all; asking Lever for another is of no use. */
export function isLeverId(text: string): boolean {
  return LEVER_ID.test(text)
}
