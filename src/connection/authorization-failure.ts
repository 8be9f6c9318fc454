import { ServiceError } from '../errors.ts'

/** Why an authorization failed. The page has a text for each, in every language. */
export const AUTHORIZATION_CAUSES = [
  'link_unknown', 'link_used', 'link_expired', 'not_admin', 'denied', 'not_super_admin', 'not_logged_in_lately', 'refused_by_lever',
  'state_unknown', 'state_used', 'state_expired', 'other_browser', 'code_missing', 'code_refused', 'app_refused', 'lever_unavailable',
  'other_account', 'account_unknown',
] as const // prettier-ignore
export type AuthorizationCause = (typeof AUTHORIZATION_CAUSES)[number]

const MESSAGES: Record<AuthorizationCause, string> = {
  link_unknown: 'This authorization link is not valid.',
  link_used: 'This authorization link has already been used.',
  link_expired: 'This authorization link has expired.',
  not_admin: 'Only an active admin can authorize Lever.',
  denied: 'The authorization was denied in Lever.',
  not_super_admin: 'Only a Super Admin of Lever can authorize.',
  not_logged_in_lately: 'Lever requires a recent sign-in.',
  refused_by_lever: 'Lever refused the authorization.',
  state_unknown: 'This answer from Lever does not match any authorization started here.',
  state_used: 'This answer from Lever has already been used.',
  state_expired: 'The authorization took too long.',
  other_browser: 'The authorization started in another browser.',
  code_missing: 'Lever sent no authorization code.',
  code_refused: 'Lever did not accept its authorization code.',
  app_refused: 'Lever does not accept this service as an app.',
  lever_unavailable: 'Lever could not be reached.',
  other_account: 'This is not the Lever account that was connected before.',
  account_unknown: 'Fulcrum cannot tell which Lever account this is.',
}

/** A failed authorization that changed nothing. */
export class AuthorizationFailure extends ServiceError {
  readonly why: AuthorizationCause
  /** Lever's own message, if there is one; shown on the page, not logged. */
  readonly leverWords: string | null

  constructor(why: AuthorizationCause, options: { leverWords?: string | null; cause?: unknown } = {}) {
    super(why === 'other_account' ? 'lever_account_mismatch' : 'authorization_failed', MESSAGES[why], {
      hint: why === 'other_account' ? 'To connect another account, disconnect first.' : 'Press Authorize to start again.',
      cause: options.cause,
    })
    this.name = 'AuthorizationFailure'
    this.why = why
    this.leverWords = options.leverWords ?? null
  }
}

const LONGEST_WORDS = 200

/**
 * Interprets Lever's `error` and `error_description`. Only the text of a denial is documented, so the others are
 * searched for hints.
 */
export function failureFromLever(error: string, description: string | undefined): AuthorizationFailure {
  const words = (description ?? error).replaceAll('_', ' ').replaceAll(/[^\p{L}\p{N} .,:;'"()/-]/gu, ' ').trim().slice(0, LONGEST_WORDS) // prettier-ignore
  const leverWords = words || null
  if (/super[ -]?admin/i.test(words)) return new AuthorizationFailure('not_super_admin', { leverWords })
  if (/recent|login required/i.test(`${words} ${error.replaceAll('_', ' ')}`))
    return new AuthorizationFailure('not_logged_in_lately', { leverWords })
  return new AuthorizationFailure(error === 'access_denied' ? 'denied' : 'refused_by_lever', { leverWords })
}
