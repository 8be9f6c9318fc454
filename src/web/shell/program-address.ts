/**
 * Addresses that programs call, in any letter case, as routes take them. Their errors are problem documents, and no session page is below
 * them.
 */
const PROGRAM_ADDRESSES = /^\/(api|webhooks)(\/|$)|^\/(healthz|readyz|metrics)$/i

export function isProgramAddress(path: string): boolean {
  return PROGRAM_ADDRESSES.test(path)
}
