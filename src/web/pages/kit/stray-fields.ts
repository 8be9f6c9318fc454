import type { z } from 'zod'

/**
 * Refuses fields that a form of rows does not have. A row has a field `was:<id>` and may have one `<kind>:<id>` of each kind; `others` are
 * the fields outside the rows.
 */
export function refuseStrayFields(
  fields: Readonly<Record<string, string>>,
  kinds: readonly string[],
  context: Pick<z.RefinementCtx, 'addIssue'>,
  others: readonly string[] = [],
): void {
  const isKnown = (name: string): boolean => {
    const [kind = '', id] = name.split(/:(.*)/s, 2)
    return others.includes(name) || (id !== undefined && (kind === 'was' || (kinds.includes(kind) && Object.hasOwn(fields, `was:${id}`))))
  }
  const keys = Object.keys(fields).filter((name) => !isKnown(name))
  if (keys.length > 0) context.addIssue({ code: 'unrecognized_keys', keys, input: fields })
}
