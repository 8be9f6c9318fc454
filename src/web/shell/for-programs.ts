/** Addresses that programs call, in any case, as routes take them: their errors are problem documents, and no session page stands below them. */
const FOR_PROGRAMS = /^\/(api|webhooks)(\/|$)|^\/(healthz|readyz|metrics)$/i

export function isForPrograms(path: string): boolean {
  return FOR_PROGRAMS.test(path)
}
