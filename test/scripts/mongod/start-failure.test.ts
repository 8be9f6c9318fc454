import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { explainFailedStart } from '../../../scripts/mongod/start-failure.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const STARTING = '{"s":"I","c":"CONTROL","id":4615611,"msg":"MongoDB starting"}'
const line = (level: string, message: string, error: string): string =>
  JSON.stringify({ s: level, c: 'STORAGE', id: 1, ctx: 'initandlisten', msg: message, attr: { error } })

describe('scripts: reasons why mongod does not start', () => {
  const folder = temporaryFolder()
  const explain = async (...log: string[]): Promise<string> => {
    const logFile = join(folder, 'mongod.log')
    writeFileSync(logFile, log.join('\n'))
    return await explainFailedStart({ dbPath: '/data/mongodb', logFile, version: '6.0.5', exit: 'code 62' })
  }

  it('says that the data are from another version', async () => {
    const message = await explain(
      STARTING,
      line('F', 'Wrong mongod version', 'UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document'),
    )

    expect(message).to.include('was written by a MongoDB other than 6.0.5').and.to.include('MONGOMS_SYSTEM_BINARY')
  })

  it('says that the disk is full', async () => {
    expect(await explain(STARTING, line('E', 'WiredTiger error', 'No space left on device'))).to.include(
      'the disk of /data/mongodb is full',
    )
  })

  it('says that files belong to another user', async () => {
    expect(await explain(STARTING, line('E', 'WiredTiger error', 'Permission denied'))).to.include('cannot be written by this user')
  })

  it('ignores messages of an earlier run and harmless lines', async () => {
    const earlier = line('E', 'WiredTiger error', 'No space left on device')
    const harmless = line('I', 'Setting featureCompatibilityVersion', 'none')

    const message = await explain(earlier, STARTING, harmless, line('F', 'Fatal assertion', 'x'))

    expect(message).to.match(/^MongoDB 6\.0\.5 does not start: it ended with code 62 \(Fatal assertion\)\. Its log: .*mongod\.log$/)
  })
})
