import { z } from 'zod'
import { isPlaceholder } from '../people/placeholder.ts'

/** The maximum number of entries in a list. */
export const LONGEST_LIST = 50
/** The maximum length of a headline, a location, or a summary, in characters. */
export const LONGEST_TEXT = 10_000
export const LONGEST_LINK = 2000
/**
 * One `@`, no white space or separators, and a dot in the domain; letters of any script. Nothing checks whether the
 * address receives mail.
 */
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:".]+(\.[^\s@<>()[\]\\,;:".]+)+$/u
/** Excludes control characters except tabs and line breaks, and unpaired surrogates. */
const UNPRINTABLE = /^[^\p{Cs}\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$/u // oxlint-disable-line no-control-regex

/** Removes invisible characters, which text copied from web pages and spreadsheets often contains. */
export const withoutInvisible = (value: string): string => value.replace(/\p{Cf}/gu, '').trim()
/** Joiners and tags stay, since some scripts and emoji need them. */
const withoutInvisibleButJoiners = (value: string): string => value.replace(/(?!\u200C|\u200D|[\u{E0020}-\u{E007F}])\p{Cf}/gu, '').trim()
const oneLine = (value: string): string => value.replace(/\s+/g, ' ').trim()
/** Without `abort`, zod continues with the next check after one fails. */
const atMost = (max: number) => ({ error: `is longer than ${max} characters`, abort: true })
const line = (max: number) => z.string().overwrite(oneLine).max(max, atMost(max)).regex(UNPRINTABLE, 'has control characters')
const filledLine = (max: number) => line(max).min(1, 'is empty')
const longText = z.string().trim().max(LONGEST_TEXT, atMost(LONGEST_TEXT)).regex(UNPRINTABLE, 'has control characters')
const link = z
  .string()
  .trim()
  .max(LONGEST_LINK, atMost(LONGEST_LINK))
  .overwrite(withoutInvisible)
  .refine(isWebLink, 'is not a link: enter it in full, starting with https:// or http://')
const email = z.string().trim().max(254, atMost(254)).overwrite(withoutInvisible).regex(EMAIL, 'is not an email address')
const phone = z.strictObject({ type: filledLine(50).nullish(), value: line(100).overwrite(withoutInvisible).min(1, 'is empty') })
const list = <T extends z.ZodType>(item: T) => z.array(item).max(LONGEST_LIST, `has more than ${LONGEST_LIST} entries`).nullish()

/** True for an http or https URL with a host. */
export function isWebLink(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || /\s/.test(value) || !URL.canParse(value)) return false
  const { hostname, username, password } = new URL(value)
  return hostname !== '' && username === '' && password === ''
}

/**
 * The fields a caller may send about a candidate, in `POST`, `PATCH`, an import, or an export. A value replaces the
 * stored one, an absent field leaves it unchanged, and null or an empty text clears it. `mergeCandidate` checks after
 * merging that the candidate has a name and an email or link.
 */
export const CandidateInput = z
  .strictObject({
    externalId: filledLine(200)
      .refine((id) => !isPlaceholder(id), 'means "none": omit the id if there is none')
      .nullish()
      .meta({
        description:
          "The candidate's unique id in the sourcing tool. Later imports recognize the candidate by it. Words such as `n/a` are refused.",
      }),
    name: line(200).overwrite(withoutInvisibleButJoiners).optional(),
    headline: line(LONGEST_TEXT).nullish(),
    location: line(LONGEST_TEXT).nullish(),
    emails: list(email),
    phones: list(phone),
    links: list(link),
    tags: list(filledLine(100)),
    summary: longText.nullish(),
    project: line(500).nullish().meta({ description: "The sourcing tool's requisition or search." }),
    stage: line(500).nullish().meta({ description: 'How far the person is in the sourcing tool: potential, qualified, interested, …' }),
    profileUrl: link.nullish().meta({ description: "The person's page in the sourcing tool." }),
  })
  .meta({ id: 'CandidateInput' })

export type CandidateInput = z.output<typeof CandidateInput>
