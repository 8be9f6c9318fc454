import { z } from 'zod'

/** Characters that no text of ours holds: controls, which pages and Lever show as nothing, and halves of surrogate pairs. */
const LINE = /^[^\p{Cc}\p{Cs}]*$/u
/** The same, but tabs and line breaks may stand. */
const LINES = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u
const MESSAGE = 'has control characters'

/** A text of one line that says something, without white space around it. */
export const plainLine = (maxLength: number) => z.string().trim().min(1).max(maxLength).regex(LINE, MESSAGE)

/** A text of any number of lines that says something. */
export const plainText = (maxLength: number) => z.string().trim().min(1).max(maxLength).regex(LINES, MESSAGE)
