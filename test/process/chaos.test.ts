import { expect } from 'chai'
import { runChaos, type ChaosReport } from '../../scripts/chaos/run-chaos.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SEED = Number(process.env['SEED'] ?? 5)

/** The shortest run in which something of each kind happens; `npm run chaos` runs for any length of time. */
describe('short chaos run', function () {
  this.timeout(200_000)
  const folder = temporaryFolder()
  let report: ChaosReport

  before(async () => {
    const times = { lastsMs: 8000, blowEveryMs: 1000, atMost: 60 }
    report = await runChaos({ seed: SEED, ...times, replicas: 1, folder, say: () => undefined }, new AbortController().signal)
  })

  it('creates no duplicates, loses nothing, exports as the right user, and keeps to the request budget', () => {
    expect(report.breaches, `seed ${SEED}`).to.deep.equal([])
  })

  it('kills processes and causes faults while exports are in progress', () => {
    const { blows, exports, faultsHit, batches } = report

    expect(blows.kill + blows.suspend + blows.restart + blows.mongodKill + blows.stepDown, 'blows').to.be.at.least(2)
    expect(exports['exported'], 'exported').to.be.at.least(30)
    expect([faultsHit, batches].map((count) => count > 0)).to.deep.equal([true, true])
  })
})
