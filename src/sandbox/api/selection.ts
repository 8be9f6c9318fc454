/** `include` (only these fields) and `expand` (objects instead of ids); both parameters may be repeated. */

/** Fields that Lever's documentation lists as additions to a resource: requesting only these does not hide the others. */
const ADDITIONS = new Set(['followers', 'content'])

/** `expansions` names the documented values; others are ignored. */
export function select(
  query: URLSearchParams,
  record: Record<string, unknown>,
  expansions: Record<string, () => unknown>,
): Record<string, unknown> {
  const wanted = query.getAll('include').filter((name) => !ADDITIONS.has(name))
  const selected: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record)) {
    if (wanted.length === 0 || name === 'id' || query.getAll('include').includes(name)) selected[name] = value
  }
  for (const name of query.getAll('expand')) {
    const expand = expansions[name]
    if (expand) selected[name] = expand()
  }
  return selected
}
