/** What every test run needs once: a real MongoDB, found or started by `startTestMongo`; the processes that run the files inherit its address. */
import { startTestMongo, stopTestMongo } from './mongo.ts'

export const mochaGlobalSetup = startTestMongo
export const mochaGlobalTeardown = stopTestMongo
