/** What the load generator is started with, and what it tells. */
export interface IntakeLoad {
  port: number
  path: string
  signatureToken: string
  connections: number
  seconds: number
  /** Arrivals at this rate, whether earlier ones are answered or not; without it, each connection asks anew as soon as it is answered. */
  perSecond?: number
}

export interface LoadResult {
  accepted: number
  /** Answers other than 200, and connections that broke. */
  refused: number
  perSecond: number
  /** From when it was due, so that a wait for a free connection counts. */
  p50Ms: number
  p99Ms: number
  /** Processor time of the sender while it sent. */
  cpuMs: number
}
