import { z } from 'zod'
import { ServiceError, type FieldFault } from '../../errors.ts'

const MAX_FAULTS = 100

/**
 * Checks outside input. `where` is put before the paths, such as `query.limit`; it is empty for the fields of a body. A NUL character is
 * refused in every text and name: no field needs one, and MongoDB refuses it in patterns and names.
 * @throws ServiceError `invalid_request` with every wrong or unknown field in `errors`
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, where = ''): z.output<S> {
  const parsed = schema.safeParse(value, {
    error: (issue) => (issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined),
  })
  if (parsed.success) {
    assertNoNul(value, where)
    return parsed.data
  }
  const errors = parsed.error.issues.flatMap((issue) => faultsOf(issue, where)).slice(0, MAX_FAULTS)
  throw new ServiceError('invalid_request', `${errors.map(({ path, message }) => `${path || 'body'} ${message}`).slice(0, 3).join('; ')}.`, { errors }) // prettier-ignore
}

function assertNoNul(value: unknown, where: string): void {
  const errors = placesOfNul(value, []).slice(0, MAX_FAULTS).map((path) => ({ path: pathOf(path, where), message: 'has a NUL character' })) // prettier-ignore
  const [first] = errors
  if (first) throw new ServiceError('invalid_request', `${first.path || 'body'} ${first.message}.`, { errors })
}

function placesOfNul(value: unknown, path: readonly PropertyKey[]): PropertyKey[][] {
  if (typeof value === 'string') return value.includes('\0') ? [[...path]] : []
  if (Array.isArray(value)) return value.flatMap((item, at) => placesOfNul(item, [...path, at]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => placesOfNul(name, path).concat(placesOfNul(item, [...path, name])))
}

/** Returns the object schema in a form that refuses unknown members. */
export function strictly(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema
}

function faultsOf(issue: z.core.$ZodIssue, where: string): FieldFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathOf([...issue.path, key], where), message: 'is unknown' }))
  }
  return [{ path: pathOf(issue.path, where), message: issue.message }]
}

function pathOf(path: readonly PropertyKey[], where: string): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part).slice(0, 200) : `${text}.${String(part).slice(0, 200)}`
  }, where)
}
