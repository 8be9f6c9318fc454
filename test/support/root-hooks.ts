/** What every test run needs once: a real MongoDB, found or started by `startTestMongo`. */
import { startTestMongo, stopTestMongo } from './mongo.ts'

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(180_000)
    await startTestMongo()
  },
  async afterAll(): Promise<void> {
    await stopTestMongo()
  },
}
