const MESSAGES = {
  unreachable: 'the provider cannot be reached',
  notBegun: 'the sign-in was not begun in this browser, or too long ago',
  denied: 'the provider was told no',
  failed: "the provider's answer was not accepted",
  emailMissing: 'the provider gave no e-mail address',
  emailUnverified: 'the provider has not verified the e-mail address',
  unknownPerson: 'nobody active here has the e-mail address',
} as const

export type OpenIdFailureReason = keyof typeof MESSAGES

/** A sign-in by OpenID Connect that came to nothing; a page says why and what to do. */
export class OpenIdFailure extends Error {
  readonly reason: OpenIdFailureReason
  constructor(reason: OpenIdFailureReason, options: { cause?: unknown } = {}) {
    super(MESSAGES[reason], options)
    this.name = 'OpenIdFailure'
    this.reason = reason
  }
}
