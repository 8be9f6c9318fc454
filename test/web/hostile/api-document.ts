/** The OpenAPI document as it is served, as a list of operations. */

/** A JSON schema of the document, with the keywords that the walks read. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  minLength?: number
  minimum?: number
  minItems?: number
  format?: string
  pattern?: string
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Schema
}

type Content = Record<string, { schema: Schema }>

interface DocumentedOperation {
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
  security: Record<string, string[]>[]
}

export interface ApiDocument {
  openapi: string
  paths: Record<string, Record<string, DocumentedOperation>>
  components: { schemas: Record<string, Schema> }
}

/** Who may call: a person's lowest role, `operator`, or `anybody` if the document requires no credentials. */
export type Audience = 'operator' | 'admin' | 'sourcer' | 'anybody'

export interface Operation {
  /** For example `POST /api/v1/exports/{id}/retry`. */
  name: string
  method: string
  /** With parameters in braces. */
  path: string
  audience: Audience
  /** True if the operator may call it, alone or like others. */
  isForOperator: boolean
  /** True if an API key with `read` access may call it. */
  isForReadKeys: boolean
  parameters: Parameter[]
  /** Accepted content types with their schemas; empty if it takes no body. */
  body: Content
  /** By status. */
  answers: Record<string, { content?: Content }>
}

export async function readApiDocument(url: string): Promise<ApiDocument> {
  return (await (await fetch(`${url}/api/openapi.json`)).json()) as ApiDocument
}

export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody, responses, security }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      audience: audienceOf(security),
      isForOperator: security.some((ways) => 'operatorKey' in ways),
      isForReadKeys: security.some(({ apiKey }) => apiKey?.includes('read')),
      parameters,
      body: requestBody?.content ?? {},
      answers: responses,
    })),
  )
}

function audienceOf(security: Record<string, string[]>[]): Audience {
  if (security.some((ways) => Object.keys(ways).length === 0) || security.length === 0) return 'anybody'
  if (security.every((ways) => 'operatorKey' in ways)) return 'operator'
  const [role] = security.find((ways) => 'session' in ways)?.['session'] ?? []
  if (role === 'admin' || role === 'sourcer') return role
  throw new Error(`security names no role: ${JSON.stringify(security)}`)
}

/** Resolves a reference to a component. */
export function resolve(document: ApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const found = document.components.schemas[schema.$ref.slice('#/components/schemas/'.length)]
  if (!found) throw new Error(`the document has no ${schema.$ref}`)
  return found
}

export const isBelowApi = ({ path }: Operation): boolean => path.startsWith('/api/v1/')
export const takesJson = ({ body }: Operation): boolean => 'application/json' in body
export const takesFile = (operation: Operation): boolean => Object.keys(operation.body).length > 0 && !takesJson(operation)
/** Content type of the file that the operation takes. */
export function uploadTypeOf({ body }: Operation): string {
  const [type = ''] = Object.keys(body)
  return type.startsWith('multipart/') ? `${type}; boundary=edge` : type
}
export const isWrite = ({ method }: Operation): boolean => method !== 'GET'
export const nameOf = ({ name }: Operation): string => name
export const isList = ({ method, parameters }: Operation): boolean => method === 'GET' && parameters.some(({ name }) => name === 'cursor')
export const isKeyed = ({ parameters }: Operation): boolean => parameters.some(({ name }) => name === 'Idempotency-Key')
export const namesInPath = ({ path }: Operation): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
