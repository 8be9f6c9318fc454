import { expect } from 'chai'
import type { Json } from './call-lever.ts'

/**
 * Asserts that both values have the same keys and value types. Null in either place means an absent value, a key that ends in
 * `?` may be missing, and the contents of `customFields`, `value`, `meta` and `signatures` depend on the account.
 */
export function expectShape(actual: Json, shape: unknown, path = ''): void {
  if (shape === null || actual === null) return
  if (Array.isArray(shape)) {
    expect(actual, path).to.be.an('array')
    for (const [index, item] of (actual as Json[]).entries()) if (shape.length > 0) expectShape(item, shape[0], `${path}[${index}]`)
    return
  }
  expect(typeof actual, path).to.equal(typeof shape)
  if (typeof shape !== 'object') return
  if (/\.(customFields|value|meta|signatures)$/.test(path)) return
  const wanted = Object.entries(shape).map(([key, value]) => ({
    key: key.replace(/\?$/, ''),
    value,
    optional: key.endsWith('?'),
  }))
  const keys = wanted.filter(({ key, optional }) => !optional || key in actual).map(({ key }) => key)
  expect(Object.keys(actual).toSorted(), path).to.deep.equal(keys.toSorted())
  for (const { key, value } of wanted) if (key in actual) expectShape(actual[key], value, `${path}.${key}`)
}
