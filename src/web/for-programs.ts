/** Addresses that programs call: their errors are problem documents, and no session page stands below them. */
const FOR_PROGRAMS = /^\/(api|webhooks)(\/|$)|^\/(healthz|readyz|metrics)$/

export function isForPrograms(path: string): boolean {
  return FOR_PROGRAMS.test(path)
}
