/** `npm run tour`: the main workflow, only through the public interface, on its own instance. Exits 0 only if every step was verified. */
import Table from 'cli-table3'
import { Listr } from 'listr2'
import { createCalls } from './tour/calls.ts'
import type { LocalInstance } from './local-instance.ts'
import { startOwnInstance } from './own-instance.ts'
import { tourSteps } from './tour/steps.ts'

interface Result {
  title: string
  tookMs: number
  leverCalls: number
  found: string
}

const results: Result[] = []
let instance: LocalInstance | undefined
let interrupted = false
process.once('SIGINT', () => void end(130))
process.once('SIGTERM', () => void end(143))

try {
  instance = await startInstance()
  await walk(instance)
  printTable()
  process.stdout.write(`\nEvery step was verified in the local Lever.\n`)
  await end(0)
} catch (error) {
  printTable()
  process.stderr.write(`\nThe tour stopped early: ${error instanceof Error ? error.message : String(error)}\n`)
  await end(1)
}

async function startInstance(): Promise<LocalInstance> {
  const startedAt = performance.now()
  const started = await startOwnInstance()
  results.push({ title: 'Start an instance', tookMs: performance.now() - startedAt, leverCalls: 0, found: started.url })
  return started
}

async function walk({ url, operatorApiKey, sandbox }: LocalInstance): Promise<void> {
  const sandboxUrl = sandbox?.url ?? ''
  const lever = createCalls(`${sandboxUrl}/control`)
  const countCalls = async (): Promise<number> => (await lever.get<{ data: unknown[] }>('requests')).data.length
  const tasks = tourSteps({ url, operatorApiKey, sandboxUrl }).map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { title: string }): Promise<void> => {
      const [before, startedAt] = [await countCalls(), performance.now()]
      const found = await run()
      const tookMs = performance.now() - startedAt
      results.push({ title, tookMs, leverCalls: (await countCalls()) - before, found })
      task.title = `${title}: ${found}`
    },
  }))
  await new Listr(tasks, { renderer: process.stdout.isTTY ? 'default' : 'simple', concurrent: false }).run()
}

function printTable(): void {
  const table = new Table({
    head: ['Step', 'Time', 'Lever calls', 'Found'],
    style: { head: [], border: [] },
    colWidths: [null, null, null, 60],
    wordWrap: true,
  })
  for (const { title, tookMs, leverCalls, found } of results) table.push([title, `${(tookMs / 1000).toFixed(2)} s`, leverCalls, found])
  const total = results.reduce((sum, { tookMs }) => sum + tookMs, 0)
  table.push(['In all', `${(total / 1000).toFixed(2)} s`, results.reduce((sum, { leverCalls }) => sum + leverCalls, 0), ''])
  process.stdout.write(`\n${table.toString()}\n`)
}

async function end(code: number): Promise<never> {
  if (!interrupted) {
    interrupted = true
    await instance?.stop()
  }
  process.exit(code)
}
