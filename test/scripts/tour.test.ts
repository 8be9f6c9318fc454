import { expect } from 'chai'
import { runScript } from '../support/run-script.ts'

describe('npm run tour', function () {
  this.timeout(170_000)

  it('completes every step, each verified in the local Lever', async () => {
    const { code, stdout, stderr } = await runScript('tour', { HOME: process.env['HOME'] ?? '' })

    expect(stderr, stdout).not.to.include('stopped early')
    expect([code, stdout.includes('Every step was verified')]).to.deep.equal([0, true])
  })
})
