import { createLeverClient, type Lane, type LeverClient, type LeverClientOptions, type LeverCredentials } from '../../src/lever/client.ts'
import type { RequestBudget } from '../../src/lever/request-budget.ts'
import { createLog } from '../../src/log.ts'

export interface ClientUnderTest {
  client: LeverClient
  /** What the budget and the credentials were asked, in order: `take interactive`, `pause 1500`, `renew Bearer old`… */
  asked: string[]
  logLines: string[]
}

export interface ClientSettings extends Pick<LeverClientOptions, 'amongLoopback' | 'movedTo' | 'onMoved'> {
  timeoutMs?: number
  lane?: Lane
  credentials?: Partial<LeverCredentials>
  budget?: Partial<RequestBudget>
}

/** A client whose budget is endless and whose token is `old` until it is renewed to `new`, and that backs off for a few ms. */
export function clientFor(url: string, settings: ClientSettings = {}): ClientUnderTest {
  const asked: string[] = []
  const logLines: string[] = []
  const credentials: LeverCredentials = {
    header: async () => 'Bearer old',
    renew: async (rejected) => {
      asked.push(`renew ${rejected}`)
      return 'Bearer new'
    },
    fingerprint: async () => 'fingerprint',
    scopes: async () => null,
    ...settings.credentials,
  }
  const budget: RequestBudget = {
    take: async (_fingerprint, lane) => void asked.push(`take ${lane}`),
    pause: async (_fingerprint, ms) => void asked.push(`pause ${ms}`),
    describe: async () => {
      throw new Error('not asked for here')
    },
    ...settings.budget,
  }
  const log = createLog({ level: 'trace', destination: { write: (line) => void logLines.push(line) } })
  const { timeoutMs = 2000, lane, amongLoopback, movedTo, onMoved } = settings
  const client = createLeverClient({
    apiUrl: `${url}/v1`,
    credentials,
    budget,
    timeoutMs,
    log,
    backoffMs: 5,
    amongLoopback,
    movedTo,
    onMoved,
    ...(lane ? { lane } : {}),
  })
  return { client, asked, logLines }
}
