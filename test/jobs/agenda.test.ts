import { expect } from 'chai'
import mongoose from 'mongoose'
import { startJobs, type RunningJobs } from '../../src/jobs/agenda.ts'
import type { RecurringJob } from '../../src/jobs/recurring-job.ts'
import { refreshTokensJob } from '../../src/jobs/refresh-tokens-job.ts'
import { syncMirrorJob } from '../../src/jobs/sync-mirror-job.ts'
import { createLog } from '../../src/log.ts'
import { eventually } from '../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

describe('jobs', () => {
  const running: RunningJobs[] = []

  before(connectEmptyDatabase)
  after(leaveDatabase)
  afterEach(async () => {
    await Promise.all(running.splice(0).map((jobs) => jobs.stop(1000)))
    await clock().deleteMany({})
  })

  const clock = () => mongoose.connection.collection('agenda_jobs')

  async function start(jobs: RecurringJob[], logLines: string[] = []): Promise<RunningJobs> {
    const log = createLog({ level: 'warn', destination: { write: (line) => void logLines.push(line) } })
    const started = await startJobs({ connection: mongoose.connection, jobs, log, processEveryMs: 50 })
    running.push(started)
    return started
  }

  it('run at the start and then at their interval', async () => {
    const startedAt = performance.now()
    const at: number[] = []
    await start([{ name: 'tick', everyMs: 300, run: async () => void at.push(performance.now()) }])

    await eventually('three runs', () => at.length >= 3)

    expect((at[2] ?? 0) - startedAt).to.be.at.least(590)
  })

  it('have one schedule however many processes start them, and keep it across restarts', async () => {
    let runs = 0
    const job = { name: 'hourly', everyMs: 3_600_000, run: async () => void (runs += 1) }
    await Promise.all(Array.from({ length: 8 }, () => start([job])))
    const place = () => clock().findOne({ name: 'hourly' })
    await eventually('the first run', async () => (await place())?.['lastFinishedAt'])
    const before = await place()

    await Promise.all(running.splice(0).map((jobs) => jobs.stop(1000)))
    await start([job])

    expect(await clock().countDocuments({ name: 'hourly' })).to.equal(1)
    expect((await place())?.['nextRunAt']).to.deep.equal(before?.['nextRunAt'])
    expect(runs).to.equal(1)
  })

  it('continue after a failed run, which is logged', async () => {
    let runs = 0
    const logLines: string[] = []
    const run = async (): Promise<void> => {
      runs += 1
      throw new Error('out of luck')
    }
    await start([{ name: 'unlucky', everyMs: 100, run }], logLines)

    await eventually('two runs', () => runs >= 2)

    expect(JSON.parse(logLines[0] ?? ''))
      .to.deep.include({ job: 'unlucky' })
      .and.to.have.nested.property('err.message', 'out of luck')
  })

  it('are waited for at shutdown, within the grace period', async () => {
    let state = 'waiting'
    let end = (): void => undefined
    const run = async (): Promise<void> => {
      state = 'running'
      await new Promise<void>((resolve) => (end = resolve))
      state = 'done'
    }
    const jobs = await start([{ name: 'slow', everyMs: 60_000, run }])
    await eventually('it runs', () => state === 'running')

    await jobs.stop(20)
    expect(state).to.equal('running')
    const stopped = jobs.stop(20_000)
    end()
    await stopped
    expect(state).to.equal('done')
  })

  it('sync the mirror and refresh the tokens every minute', async () => {
    const called: string[] = []
    const jobs = [
      syncMirrorJob({ syncDue: async () => void called.push('sync') }),
      refreshTokensJob({ refreshDue: async () => void called.push('refresh'), tryOlderKeys: async () => void called.push('try keys') }),
    ]

    await start(jobs)

    await eventually('both ran', () => called.length === 3)
    expect(called).to.have.members(['sync', 'refresh', 'try keys'])
    expect(jobs.map(({ everyMs }) => everyMs)).to.deep.equal([60_000, 60_000])
  })
})
