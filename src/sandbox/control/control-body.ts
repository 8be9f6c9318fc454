/** Bodies of the control interface: JSON, checked against a schema, refused with reasons. */
import type { z } from 'zod'
import type { SandboxContext } from '../sandbox-state.ts'

/** Adds a route to the control interface. Its result is answered as JSON, and `undefined` as 204. */
export type Control = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, act: (ctx: SandboxContext, id: string) => unknown) => void

/** Answered as `{errors:[{path,message}]}`. */
export class ControlError extends Error {
  readonly status: number
  readonly errors: { path: string; message: string }[]

  constructor(status: number, errors: { path: string; message: string }[]) {
    super(errors.map((error) => error.message).join('; '))
    this.status = status
    this.errors = errors
  }
}

export function unknown(thing: string, id: string): ControlError {
  return new ControlError(404, [{ path: 'id', message: `${thing} ${id} is not known` }])
}

/** @throws ControlError 422 */
export function controlBody<T extends z.ZodType>(ctx: SandboxContext, schema: T): z.output<T> {
  const result = schema.safeParse(ctx.state.bytes.length === 0 ? {} : parseJson(ctx.state.bytes))
  if (result.success) return result.data
  throw new ControlError(
    422,
    result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  )
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new ControlError(422, [{ path: '', message: 'The body is not JSON' }])
  }
}
