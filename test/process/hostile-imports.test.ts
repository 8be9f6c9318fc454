import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { startServe, type ServeProcess } from '../support/serve.ts'
import { apiAt, environmentFor, OPERATOR_KEY, SOURCE, type Api } from '../support/service.ts'

const WATCHED = join(import.meta.dirname, 'watched-import.mjs')
const HEADER = 'name,email,phone,link\n'
/** Limits for the latency of a request and the memory of the process, which has 250 MB before the first file; V8 collects late. */
const LONGEST_WAIT_MS = 200
const MOST_MEMORY_MB = 500
const ASK_EVERY_MS = 20

interface Outcome {
  status?: string
  created: number
  rejected: { line: number; message: string }[]
  rejectedCount: number
}

function isAlive({ pid }: ServeProcess): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('hostile CSV files', function () {
  this.timeout(120_000)
  let lever: LeverForTests
  let env: Record<string, string>
  let service: ServeProcess
  let apiKey: string
  let api: Api

  before(async () => {
    lever = await startLever()
    env = await environmentFor(lever, { LEASE_MS: '1500', JOB_POLL_MS: '200' })
    service = await startServe(env, WATCHED)
    const made = await apiAt(service.url, OPERATOR_KEY).post<{ apiKey: string }>('organizations', { name: 'Acme', sourceName: SOURCE })
    apiKey = made.body.apiKey
    api = apiAt(service.url, apiKey)
    await send(`${HEADER}Warm,warm@a.example,+1 212 555 0123,https://a.example/warm\n`)
  })
  after(async () => {
    await service.end('SIGKILL')
    await lever.stop()
  })

  async function send(file: string): Promise<Outcome & { importId?: string }> {
    const headers = { 'content-type': 'text/csv', authorization: `Bearer ${apiKey}` }
    const answer = await fetch(`${service.url}/api/v1/candidates/import`, { method: 'POST', headers, body: file })
    return (await answer.json()) as Outcome & { importId?: string }
  }

  async function ended(importId: string | undefined): Promise<Outcome> {
    return eventually(
      'the import ends',
      async () => {
        const { body } = await api.get<Outcome & { status: string }>(`candidate-imports/${importId}`).catch(() => ({ body: null }))
        return body && body.status !== 'running' ? body : null
      },
      100_000,
    )
  }

  /** The longest time that `/healthz` took to answer while `work` ran, in ms. */
  async function longestWait(work: () => Promise<void>): Promise<number> {
    let longest = 0
    let isDone = false
    const asking = (async () => {
      while (!isDone) {
        const startedAt = performance.now()
        await (await fetch(`${service.url}/healthz`)).text()
        longest = Math.max(longest, performance.now() - startedAt)
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
      }
    })()
    await work().finally(() => (isDone = true))
    await asking
    return Math.round(longest)
  }

  async function watched(): Promise<{ cpuMs: number; rssMb: number }> {
    const told = () => [...service.output().matchAll(/watched (\{.+\})\n/g)]
    const known = told().length
    await eventually('the watch tells', () => told().length > known)
    const line = told().at(-1)?.[1] ?? '{}'
    return JSON.parse(line) as { cpuMs: number; rssMb: number }
  }

  it('fail only their own rows: the process keeps answering, with little memory', async () => {
    const outcomes: Record<string, Outcome> = {}
    process.kill(service.pid, 'SIGUSR2')
    const waitMs = await longestWait(async () => {
      outcomes['phones'] = await send(HEADER + `Ana,a@a.example,${'1'.repeat(1600)}${' '.repeat(1600)}x,\n`.repeat(100))
      outcomes['emails'] = await send(HEADER + `Ana,${'a.'.repeat(15_000)}${' '.repeat(30_000)}(a,,\n`.repeat(15))
      outcomes['quotes'] = await send(HEADER + '"a\n'.repeat(60_000))
      outcomes['lines'] = await ended((await send(HEADER + 'x,y,z\n'.repeat(300_000))).importId)
    })
    const { cpuMs, rssMb } = await watched()

    const counts = Object.entries(outcomes).map(([name, { rejected, rejectedCount }]) => [name, rejected.length, rejectedCount])
    expect(counts).to.deep.equal([
      ['phones', 100, 100],
      ['emails', 15, 15],
      ['quotes', 1000, 60_000],
      ['lines', 1000, 300_000],
    ])
    expect(outcomes['quotes']?.rejected[0]?.message).to.contain('in line 2')
    // wall-clock latency includes waiting for the machine; processor time is the process's own
    expect(cpuMs, `${waitMs} ms by the clock`).to.be.below(LONGEST_WAIT_MS)
    expect(rssMb).to.be.below(MOST_MEMORY_MB)
    process.stdout.write(`      /healthz at most ${waitMs} ms, ${cpuMs} ms without a turn, ${rssMb} MB\n`)
  })

  it('lose a row that kills the process, and nothing else', async () => {
    const filler = `Bob,,,${'x'.repeat(9000)}\n`.repeat(130)
    const { importId } = await send(`${HEADER}Dee,d@a.example,,https://deadly.example/d\nEve,e@a.example,,https://a.example/e\n${filler}`)
    let deaths = 0
    const outcome = await eventually(
      'the import ends',
      async () => {
        if (!isAlive(service)) {
          deaths += 1
          service = await startServe(env, WATCHED).catch(() => service) // it may die again before it is ready
        }
        const { body } = await api.get<Outcome & { status: string }>(`candidate-imports/${importId}`).catch(() => ({ body: null }))
        return body?.status === 'finished' ? body : null
      },
      100_000,
    )

    expect(deaths).to.equal(3)
    expect(outcome).to.include({ created: 1, rejectedCount: 131 })
    expect(outcome.rejected[0]).to.deep.equal({
      line: 2,
      message: 'The import was interrupted 3 times at this row, so the row was skipped.',
    })
  })
})
