import { expect } from 'chai'
import { runErasures, type ErasuresReport } from '../../scripts/chaos/erasures/run-erasures.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SEED = Number(process.env['SEED'] ?? 5)
const ERASURES = 20

/** The shortest meaningful run; `npm run erasures` runs for any length of time. */
describe('people erased while processes are killed and Lever fails', function () {
  this.timeout(240_000)
  const folder = temporaryFolder()
  let report: ErasuresReport

  before(async () => {
    const options = { seed: SEED, erasures: ERASURES, killEveryMs: 3000, folder, say: () => undefined }
    report = await runErasures(options, new AbortController().signal)
  })

  it('do not appear in Lever after the answer, and leave no trace', () => {
    expect(report.findings, `seed ${SEED}`).to.deep.equal([])
  })

  it('are erased while work is in progress and processes are killed', () => {
    const { erasures, moments, kills, survivors } = report

    expect(erasures).to.equal(ERASURES)
    const underWay = Object.keys(moments).filter((moment) => moment !== 'export exported') // the speed of the machine determines which ones
    expect(underWay, JSON.stringify(moments)).not.to.deep.equal([])
    expect([kills > 0, survivors > 0]).to.deep.equal([true, true])
  })
})
