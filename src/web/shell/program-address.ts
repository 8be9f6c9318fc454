/** Addresses that programs call, in any case, as routes take them: their errors are problem documents, and no session page stands below them. */
const PROGRAM_ADDRESSES = /^\/(api|webhooks)(\/|$)|^\/(healthz|readyz|metrics)$/i

export function isProgramAddress(path: string): boolean {
  return PROGRAM_ADDRESSES.test(path)
}
