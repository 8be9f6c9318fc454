/** How the sandbox answers where Lever's behavior is unknown or differs by account: one table, changed through the control interface. */
import { z } from 'zod'

/**
 * Assumptions, each with its possible answers, the likeliest first. A reversed run uses the second answer, a run with `third` the last one.
 */
const ASSUMED = {
  /** A refresh token used again: the whole grant is revoked, or only the request is refused. */
  spentRefreshToken: ['revokesGrant', 'isRefused'],
  /** Errors of the token endpoint: those of Auth0 (403), or of RFC 6749 (400, `invalid_client`). */
  tokenErrors: ['auth0', 'rfc6749'],
  /** After **Revoke access**, the access token ends at once, or remains valid until its hour is over. */
  revokedAccessToken: ['ends', 'livesOn'],
  /** The PKCE verifier is checked or ignored. */
  pkce: ['checked', 'ignored'],
  /** Error bodies use these words as `code`, or restify's. */
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
  /** The `user` of a note without `perform_as`. */
  noteWithoutUser: ['null', 'absent'],
  /** Secret notes in lists. */
  secretNotes: ['shown', 'hidden'],
  /** `GET /users/:id` of a deactivated user. */
  deactivatedUser: ['shown', 404],
  /** `GET /users?email=` compares without regard to case, or exactly. */
  userEmail: ['anyCase', 'exact'],
  /** `GET /opportunities?email=` looks at every address of the contact, or at the first. */
  opportunityEmail: ['anyAddress', 'firstAddress'],
  /** Addresses are equal except for case, or also except for dots and plus parts before the @. */
  canonicalEmail: ['case', 'dotsAndPlus'],
  /** `?email=` with a value that Lever does not accept as an address. */
  invalidEmail: ['matchesNobody', 400],
  /** Order of opportunities under filters. */
  filteredOrder: ['byStage', 'newestFirst'],
  /** A `limit` below 1 or above 100. */
  limitOutOfRange: [400, 'clamped'],
  /** Status for an `offset` that Lever did not issue or no longer accepts. */
  badOffset: [400, 404],
  /** `GET /opportunities/deleted`: any range, at most 30 days with both ends (else 400), or not granted. */
  deletedList: ['anyRange', 'thirtyDays', 403],
  /** Accepted names in a form: all that clients use, only those of the documentation, or only those with brackets. */
  formNames: ['all', 'documented', 'bracketed'],
  /** A source that differs from a known one only in case: kept as sent, or stored as the known one. */
  sourceSpelling: ['kept', 'known'],
  /** Contact fields in the answers to stage, archive, tag and source writes. */
  writeAnswers: ['blank', 'full'],
  /** Whether interviews change `updatedAt` of their opportunity. */
  interviewTouches: ['yes', 'no'],
  /** The résumé list of an opportunity without résumés. */
  noResumes: ['emptyList', 404],
  /** `applicationCreated` for an opportunity without a posting. */
  generalApplication: ['noEvent', 'event'],
  /** `candidateStageChange` when a write names the current stage. */
  sameStage: ['noEvent', 'event'],
  /** Whether changes made through the API cause events. */
  ownWrites: ['events', 'silent'],
  /** Events about confidential opportunities: to webhooks with that access, or to all. */
  confidentialEvents: ['withAccess', 'always'],
  /** `data` of events: every possible id, or only ids that have been seen. */
  eventData: ['full', 'sparse'],
  /** A repeated delivery has its first `token`, or a new one. */
  repeatedToken: ['same', 'fresh'],
} as const

/** Usually the first answer applies; some accounts, plans or regions use another. Changed one by one, never by a reversed run. */
const EXCEPTIONS = {
  /** `expand` is refused as a whole. */
  expand: ['taken', 403],
  /** Times in ms and numbers as such, or ISO texts and digits in quotes. */
  values: ['numbers', 'texts'],
  /** Whether `hasNext` comes with `next`. */
  hasNext: ['given', 'missing'],
  /** Whether the Webhooks API is enabled for this key or app. */
  webhooksApi: ['open', 403],
  /** The address of a webhook as given, or as Lever would write it. */
  webhookUrl: ['kept', 'rewritten'],
} as const

const TABLE = { ...ASSUMED, ...EXCEPTIONS }
type Table = typeof TABLE
export type Answers = { [Name in keyof Table]: Table[Name][number] }

/** Selects the column of the table that a sandbox starts with. */
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

/** A change; omitted entries keep their value. */
export const AnswersChange = z.strictObject(
  Object.fromEntries(Object.entries(TABLE).map(([name, ways]) => [name, z.literal([...ways]).optional()])),
) as unknown as z.ZodType<{ [Name in keyof Answers]?: Answers[Name] | undefined }>
