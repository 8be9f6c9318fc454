const MESSAGES = {
  unreachable: 'the provider cannot be reached',
  notBegun: 'the sign-in did not start in this browser, or is too old',
  denied: 'the provider denied the sign-in',
  failed: "the provider's answer was not accepted",
  emailMissing: 'the provider sent no email address',
  emailUnverified: 'the provider has not verified the email address',
  unknownPerson: 'no active person here has the email address',
} as const

export type OpenIdFailureReason = keyof typeof MESSAGES

/** A failed sign-in by OpenID Connect. A page shows the reason and the fix. */
export class OpenIdFailure extends Error {
  readonly reason: OpenIdFailureReason
  constructor(reason: OpenIdFailureReason, options: { cause?: unknown } = {}) {
    super(MESSAGES[reason], options)
    this.name = 'OpenIdFailure'
    this.reason = reason
  }
}
