/** How Lever answers where nobody knows, or where accounts differ: one table, turned by the control interface. */
import { z } from 'zod'

/**
 * Facts that nobody has seen: each with the ways it may be, the likeliest first. A run with everything reversed takes the second way, a
 * run with `third` the last one.
 */
const ASSUMED = {
  /** A refresh token used again: the whole grant is revoked, or the request alone is refused. */
  spentRefreshToken: ['revokesGrant', 'isRefused'],
  /** Errors of the token endpoint: Auth0's (403), or as RFC 6749 has them (400, `invalid_client`). */
  tokenErrors: ['auth0', 'rfc6749'],
  /** After **Revoke access** the access token ends at once, or lives out its hour. */
  revokedAccessToken: ['ends', 'livesOn'],
  /** The verifier of PKCE is checked, or never looked at. */
  pkce: ['checked', 'ignored'],
  /** Bodies of errors use these words as `code`, or restify's. */
  errorCodes: ['named', 'restify'],
  /** Status for a confidential item that the credential may not see. */
  confidentialItem: [404, 403],
  /** Status for a `perform_as` that is missing, unknown or deactivated. */
  performAsRefusal: [400, 403, 404],
  /** Status for more than one posting of a new opportunity. */
  severalPostings: [400, 422],
  /** A new opportunity on a closed posting. */
  closedPosting: ['taken', 400],
  /** `origin` of an opportunity that was made without one. */
  originOmitted: ['sourced', 'applied'],
  /** The `user` of a note that was added without `perform_as`. */
  noteWithoutUser: ['null', 'absent'],
  /** Secret notes in lists. */
  secretNotes: ['shown', 'hidden'],
  /** `GET /users/:id` of a deactivated user. */
  deactivatedUser: ['shown', 404],
  /** `GET /users?email=` compares without regard to case, or exactly. */
  userEmail: ['anyCase', 'exact'],
  /** `GET /opportunities?email=` looks at every address of the contact, or at the first. */
  opportunityEmail: ['anyAddress', 'firstAddress'],
  /** Addresses are equal but for case, or also but for dots and plus parts before the @. */
  canonicalEmail: ['case', 'dotsAndPlus'],
  /** `?email=` with what Lever takes for no address. */
  invalidEmail: ['matchesNobody', 400],
  /** Order of opportunities under filters. */
  filteredOrder: ['byStage', 'newestFirst'],
  /** A `limit` below 1 or above 100. */
  limitOutOfRange: [400, 'clamped'],
  /** Status for an `offset` that Lever did not give, or no longer takes. */
  badOffset: [400, 404],
  /** `GET /opportunities/deleted`: any range, at most 30 days with both ends (else 400), or not granted. */
  deletedList: ['anyRange', 'thirtyDays', 403],
  /** Names in a form that are read: every one that clients use, those of the documentation alone, or those with brackets. */
  formNames: ['all', 'documented', 'bracketed'],
  /** A source that differs from a known one in case only: kept as it came, or filed under the known one. */
  sourceSpelling: ['kept', 'known'],
  /** Contact fields in the answers to stage, archive, tag and source writes. */
  writeAnswers: ['blank', 'full'],
  /** Interviews move `updatedAt` of their opportunity. */
  interviewTouches: ['yes', 'no'],
  /** Résumés of an opportunity without any. */
  noResumes: ['emptyList', 404],
  /** `applicationCreated` for an opportunity without a posting. */
  generalApplication: ['noEvent', 'event'],
  /** `candidateStageChange` when a write names the stage it has. */
  sameStage: ['noEvent', 'event'],
  /** What the API changed comes back as events. */
  ownWrites: ['events', 'silent'],
  /** Events about confidential opportunities: to webhooks with that access, or to all. */
  confidentialEvents: ['withAccess', 'always'],
  /** `data` of events: every id that may be there, or those alone that somebody has seen. */
  eventData: ['full', 'sparse'],
  /** A repeated delivery carries its first `token`, or one of its own. */
  repeatedToken: ['same', 'fresh'],
} as const

/** Known to be the first way, as a rule: an account, a plan or a region may have the other. Turned one by one, never by a reversed run. */
const EXCEPTIONS = {
  /** `expand` is refused as a whole. */
  expand: ['taken', 403],
  /** Times in ms and numbers as such, or ISO texts and digits in quotes. */
  values: ['numbers', 'texts'],
  /** `hasNext` beside `next`. */
  hasNext: ['given', 'missing'],
  /** The Webhooks API is not enabled for this key or app. */
  webhooksApi: ['open', 403],
  /** The address of a webhook as it was given, or as Lever would write it. */
  webhookUrl: ['kept', 'rewritten'],
} as const

const TABLE = { ...ASSUMED, ...EXCEPTIONS }
type Table = typeof TABLE
export type Answers = { [Name in keyof Table]: Table[Name][number] }

/** Which column of the table a sandbox starts with. */
export const ANSWER_SETS = ['likeliest', 'reversed', 'third'] as const
export type AnswerSet = (typeof ANSWER_SETS)[number]

export function answersOf(set: AnswerSet): Answers {
  const column = ANSWER_SETS.indexOf(set)
  const ways = Object.entries(TABLE).map(([name, given]) => {
    const isAssumed = name in ASSUMED
    return [name, isAssumed ? given[Math.min(column, given.length - 1)] : given[0]]
  })
  return Object.fromEntries(ways) as Answers
}

/** A change: what is left out stays. */
export const AnswersChange = z.strictObject(
  Object.fromEntries(Object.entries(TABLE).map(([name, ways]) => [name, z.literal([...ways]).optional()])),
) as unknown as z.ZodType<{ [Name in keyof Answers]?: Answers[Name] | undefined }>
