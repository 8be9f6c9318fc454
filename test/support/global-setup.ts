/**
 * What every test run needs: a real MongoDB, found or started by `startTestMongo`, whose address the processes that run the files inherit;
 * and in each of these processes the guard that every command names its organization.
 */
import { startTestMongo, stopTestMongo } from './mongo.ts'
import { assertNoFaults, watchCommands } from './sharding/command-guard.ts'

export const mochaGlobalSetup = startTestMongo
export const mochaGlobalTeardown = stopTestMongo

watchCommands()
export const mochaHooks = { afterAll: assertNoFaults }
