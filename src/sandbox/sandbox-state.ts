import type { ParameterizedContext } from 'koa'
import type { LoggedRequest } from './control/request-log.ts'

/** The state that the sandbox stores with a request. */
export interface SandboxState {
  /** the raw body; empty for pages */
  bytes: Buffer
  /** for requests to the API and the token endpoint */
  entry?: LoggedRequest
}

export type SandboxContext = ParameterizedContext<SandboxState>
