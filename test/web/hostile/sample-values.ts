/** Values that a schema of the document allows, and many that it must refuse. */
import { resolve, type ApiDocument, type Schema } from './api-document.ts'
import type { DocumentRules } from './answer-rules.ts'

export interface Context {
  document: ApiDocument
  rules: DocumentRules
}

const WORDS = ['sample', 'a'.repeat(24), 'sample@acme.example', 'https://acme.example/sample', '/sample', '2026-01-31T12:00:00.000Z', '1']

/** A value with only the required members. @throws Error if none can be derived: the operation then needs a body of its own */
export function sampleOf(context: Context, given: Schema): unknown {
  const { document, rules } = context
  const schema = resolve(document, given)
  const fits = (value: unknown): boolean => rules.faultOf(given, value) === null
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const [variant] = schema.anyOf ?? schema.oneOf ?? []
  if (variant) return sampleOf(context, variant)
  if (schema.type === 'object') {
    const pairs = (schema.required ?? []).map((name) => [name, sampleOf(context, schema.properties?.[name] ?? {})])
    return Object.fromEntries(pairs) as unknown
  }
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(context, schema.items ?? {}))
  const found = [...WORDS, schema.minimum ?? 1, true].find(fits)
  if (found === undefined) throw new Error(`no sample for ${JSON.stringify(given)}`)
  return found
}

/** A body with one value replaced, at a path as problem documents write it. */
export interface Mutation {
  what: string
  path: string
  body: unknown
  /** True if it must be refused whatever the document says. */
  isNeverRight: boolean
}

type Put = (value: unknown) => unknown

const ENDLESS_TEXT = 'x'.repeat(20_001)
const NUL = 'text with NUL'
/** Members that appear on pages and in Lever. */
const SHOWN = /(^|\.)(name|sourceName|note)$/
const HOSTILE_VALUES: readonly [what: string, value: unknown][] = [
  ['null', null],
  ['a number', 7],
  ['a fraction', 1.5],
  ['a negative number', -1],
  ['a number beyond all', 1e300],
  ['true', true],
  ['empty text', ''],
  ['white space', ' \t\n\u00A0'],
  ['text', 'x'],
  ['a path', '..'],
  [NUL, 'x\u0000y'],
  ['half a surrogate pair', 'x\uD800y'],
  ['an empty list', []],
  ['a list of lists', [[[]]]],
  ['an empty object', {}],
  ['an operator', { $ne: null }],
  ['an expression', { $gt: '' }],
  ['an operator in a list', [{ $ne: null }]],
  ['a prototype', JSON.parse('{"__proto__":{"polluted":true}}')],
]

/** Replaces every member of a body, including those of its objects and lists, by each of the hostile values. */
export function mutationsOf(context: Context, schema: Schema, body: unknown): Mutation[] {
  return mutate(context, schema, { path: '', value: body, put: (value) => value })
}

function mutate(context: Context, given: Schema, at: { path: string; value: unknown; put: Put }): Mutation[] {
  const schema = withoutNull(resolve(context.document, given))
  const here = at.path === '' ? [] : replacements(schema, at)
  if (schema.type === 'object') return [...here, ...unknownMembers(at), ...members(context, schema, at)]
  if (schema.type === 'array' && schema.items) {
    const put: Put = (value) => at.put([value])
    return [...here, ...mutate(context, schema.items, { path: `${at.path}[0]`, value: undefined, put })]
  }
  return here
}

/** The schema without its alternative null. */
function withoutNull(schema: Schema): Schema {
  const [only, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
  return only && others.length === 0 ? only : schema
}

function replacements(schema: Schema, { path, put }: { path: string; put: Put }): Mutation[] {
  const hostile = HOSTILE_VALUES.map(([what, value]) => ({ what, path, body: put(value), isNeverRight: what === NUL && SHOWN.test(path) }))
  const endless = schema.type === 'array' ? Array.from({ length: 5001 }, () => 'x') : ENDLESS_TEXT
  return [...hostile, { what: 'one without end', path, body: put(endless), isNeverRight: true }]
}

const UNKNOWN_NAMES = [
  'unknownMember',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '$where',
  'a.b',
  'a[$gt]',
  '',
]

function unknownMembers({ path, value, put }: { path: string; value: unknown; put: Put }): Mutation[] {
  return UNKNOWN_NAMES.map((name) => ({
    what: `an unknown member ${name}`,
    path: path === '' ? name : `${path}.${name}`,
    // as an own member, even if the name is that of an accessor
    body: put(Object.defineProperty({ ...(value as object) }, name, { value: { polluted: true }, enumerable: true })),
    isNeverRight: true,
  }))
}

function members(context: Context, schema: Schema, { path, value, put }: { path: string; value: unknown; put: Put }): Mutation[] {
  const object = { ...((value ?? sampleOf(context, schema)) as Record<string, unknown>) }
  const changed = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    mutate(context, member, {
      path: path === '' ? name : `${path}.${name}`,
      value: object[name],
      put: (replaced) => put({ ...object, [name]: replaced }),
    }),
  )
  const missing = (schema.required ?? []).map((name) => {
    const { [name]: _, ...rest } = object
    return { what: 'nothing', path: path === '' ? name : `${path}.${name}`, body: put(rest), isNeverRight: true }
  })
  return [...changed, ...missing]
}
