import { expect } from 'chai'
import { runProgram, type ProgramEnd } from '../support/run-program.ts'
import { scriptCommand } from '../support/run-script.ts'

/** Runs `npm run NAME -- …`. */
async function run(name: string, ...options: string[]): Promise<ProgramEnd> {
  const [command = '', ...parameters] = scriptCommand(name)
  return runProgram(command, [...parameters, ...options]).ended
}

describe('options of commands', () => {
  for (const [name, option] of [
    ['chaos', '--blow-every'],
    ['erasures', '--kill-every'],
    ['rolling-restart', '--from'],
    ['bench', '--quick'],
    ['lint', '--write'],
  ] as const)
    it(`are listed by npm run ${name} -- --help`, async () => {
      const { code, stdout, stderr } = await run(name, '--help')

      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.include(`npm run ${name}`).and.include(option)
    })

  for (const { given, fault } of [
    { given: ['--replicas', '2'], fault: '--replicas: must be 1 or 3' },
    { given: ['--forever'], fault: "'--forever'" },
  ])
    it(`are named if they are wrong: ${given.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run('chaos', ...given)

      expect([code, stdout]).to.deep.equal([1, ''])
      expect(stderr).to.include(fault).and.include('--blow-every').and.not.include('    at ')
    })
})
