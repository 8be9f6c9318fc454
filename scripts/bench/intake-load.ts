/** The load generator's input and results. */
export interface IntakeLoad {
  port: number
  path: string
  signatureToken: string
  connections: number
  seconds: number
  /** Arrivals per second, whether or not earlier ones are answered; without it, each connection sends again as soon as it is answered. */
  perSecond?: number
}

export interface LoadResult {
  accepted: number
  /** Answers other than 200, and broken connections. */
  refused: number
  perSecond: number
  /** Measured from the due time, so that a wait for a free connection counts. */
  p50Ms: number
  p99Ms: number
  /** The sender's processor time while it sent. */
  cpuMs: number
}
