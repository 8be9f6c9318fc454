import { startLocalInstance, type LocalInstance } from '../../scripts/local-instance.ts'
import { seedSamples } from '../../scripts/seed-samples.ts'
import { freePort } from '../../scripts/free-port.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

export type Trial = LocalInstance & { leverUrl: string }

/** What `npm start` starts on a machine that has never seen it: sample people and candidates, nothing connected. */
export async function startTrial(): Promise<Trial> {
  const [port, sandboxPort] = await Promise.all([freePort(), freePort()])
  const env = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    MONGODB_URI: freshMongoUri(),
    DATA_DIR: temporaryFolder(),
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
  }
  const instance = await startLocalInstance({ env, say: () => undefined, samplePeople: true })
  await seedSamples(instance)
  return { ...instance, leverUrl: instance.sandbox?.url ?? '' }
}
