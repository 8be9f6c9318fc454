/** The form in which e-mail addresses are compared and kept as keys: without surrounding white space, in lower case, else as they are. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase()
}
