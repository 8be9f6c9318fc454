/** Rules for every answer, whatever was requested. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import type { ApiDocument, Operation, Schema } from './api-document.ts'
import type { RawAnswer } from './raw-request.ts'

export interface ProblemAnswer {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors?: { path: string; message: string }[]
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
/** Matches a line of a stack trace, a path of this repository, or a message of a driver. */
const INNER_WORDS = /\n\s+at |node_modules|\.tsx?:\d|file:\/\/|Mongo|BSON|ZodError/

const REQUEST_ID = /^[0-9a-f-]{36}$/
const CODE = /^[a-z][a-z_]+$/
const PROBLEM_MEMBERS = ['type', 'title', 'status', 'detail', 'code'] as const

/** Checks values and answers against the document's schemas (JSON Schema 2020-12). */
export interface DocumentRules {
  /** Why `value` does not match `schema`, or null if it does. */
  faultOf(schema: Schema, value: unknown): string | null
  /** @throws AssertionError if the document does not list the answer for this operation */
  assertDocumented(operation: Operation, answer: RawAnswer): void
}

export function documentRules(document: ApiDocument): DocumentRules {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  ajv.addFormat('date-time', INSTANT)
  ajv.addFormat('email', EMAIL)
  ajv.addFormat('uri', { validate: (text: string) => URL.canParse(text) })
  ajv.addFormat('binary', true)
  ajv.addSchema({ $id: 'document', components: document.components })
  const compiled = new Map<Schema, ValidateFunction>()
  /** Many operations share equal schemas, and compiling one takes milliseconds. */
  const compiledByText = new Map<string, ValidateFunction>()

  function compile(schema: Schema): ValidateFunction {
    const text = withAbsoluteReferences(schema)
    const validate = compiledByText.get(text) ?? ajv.compile(JSON.parse(text) as object)
    compiledByText.set(text, validate)
    compiled.set(schema, validate)
    return validate
  }

  function faultOf(schema: Schema, value: unknown): string | null {
    const validate = compiled.get(schema) ?? compile(schema)
    return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: '' })
  }

  function assertDocumented({ name, answers }: Operation, { status, headers, text }: RawAnswer): void {
    const answer = answers[status]
    if (!answer) expect.fail(`${name} answered ${status}, which is not in its documentation: ${text.slice(0, 300)}`)
    if (text === '') return
    const type = headers['content-type']?.split(';')[0] ?? ''
    const schema = answer.content?.[type]?.schema
    if (!schema) expect.fail(`${name} answered ${status} as ${type}, which is not in its documentation: ${text.slice(0, 300)}`)
    if (!type.includes('json')) return
    const fault = faultOf(schema, JSON.parse(text))
    if (fault !== null) expect.fail(`${name} answered ${status} with another body than documented: ${fault}: ${text.slice(0, 500)}`)
  }

  return { faultOf, assertDocumented }
}

function withAbsoluteReferences(schema: Schema): string {
  return JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')
}

/** @throws AssertionError for an answer that no request may receive */
export function assertWellFormed(what: string, answer: RawAnswer): void {
  const { status, headers, text } = answer
  const faults = [
    ...(status >= 200 && status <= 599 && status !== 500 ? [] : ['status']),
    ...(REQUEST_ID.test(String(headers['x-request-id'])) ? [] : ['X-Request-Id']),
    ...(headers['x-content-type-options'] === 'nosniff' ? [] : ['X-Content-Type-Options']),
    ...(String(headers['content-security-policy']).includes("default-src 'self'") ? [] : ['Content-Security-Policy']),
    ...(headers['x-frame-options'] === 'DENY' ? [] : ['X-Frame-Options']),
    ...(headers['x-powered-by'] === undefined ? [] : ['X-Powered-By']),
    ...(status >= 400 && text !== '' ? faultsOfProblem(answer) : []),
  ]
  if (faults.length > 0) expect.fail(`${what} answered ${status} with a wrong ${faults.join(', ')}: ${text.slice(0, 300)}`)
}

function faultsOfProblem({ status, headers, text }: RawAnswer): string[] {
  if (headers['content-type'] !== 'application/problem+json') return ['Content-Type']
  const problem = JSON.parse(text) as Partial<ProblemAnswer>
  return [
    ...PROBLEM_MEMBERS.filter((name) => !(name in problem)),
    ...(problem.status === status ? [] : ['status in the body']),
    ...(CODE.test(String(problem.code)) ? [] : ['code']),
    ...(typeof problem.detail === 'string' && problem.detail !== '' ? [] : ['detail']),
    ...(INNER_WORDS.test(text) ? ['body that tells of its insides'] : []),
    ...(status === 401 && text.includes('Bearer flc_') ? ['body that contains a key'] : []),
  ]
}

export function problemOf({ text }: RawAnswer): ProblemAnswer {
  return JSON.parse(text) as ProblemAnswer
}

export function expectRefusal(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, problemOf(answer).code], answer.text.slice(0, 300)).to.deep.equal([status, code])
}

/** Asserts a refusal of the input that names `path` or something within it. */
export function expectNamed(answer: RawAnswer, path: string): void {
  expectRefusal(answer, 422, 'invalid_request')
  const paths = problemOf(answer).errors?.map((fault) => fault.path) ?? []
  const isNamed = paths.some((given) => given === path || given.startsWith(`${path}.`) || given.startsWith(`${path}[`))
  if (!isNamed) expect.fail(`${path} is not among ${paths.join()}`)
}
