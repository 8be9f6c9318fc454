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
export function assertWellFormed(what: string, { status, headers, text }: RawAnswer): void {
  expect(status, `${what}: ${text.slice(0, 300)}`)
    .to.be.within(200, 599)
    .and.not.equal(500)
  expect(headers['x-request-id'], `X-Request-Id of ${what} (${status})`).to.match(/^[0-9a-f-]{36}$/)
  expect(headers['x-content-type-options'], what).to.equal('nosniff')
  expect(headers['content-security-policy'], what).to.contain("default-src 'self'")
  expect(headers['x-frame-options'], what).to.equal('DENY')
  expect(headers['x-powered-by'], what).to.equal(undefined)
  if (status >= 400 && text !== '') assertProblem(what, status, headers['content-type'], text)
}

function assertProblem(what: string, status: number, contentType: string | undefined, text: string): void {
  expect(contentType, what).to.equal('application/problem+json')
  const problem = JSON.parse(text) as ProblemAnswer
  expect(problem, what).to.include.all.keys('type', 'title', 'status', 'detail', 'code')
  expect(problem.status, what).to.equal(status)
  expect(problem.code, what).to.match(/^[a-z][a-z_]+$/)
  expect(problem.detail, what).to.be.a('string').and.not.equal('')
  expect(text, `${what} tells of its insides`).not.to.match(INNER_WORDS)
  if (status === 401) expect(text, what).not.to.contain('Bearer flc_')
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
