/**
 * Opens an instance's database for a script: the one in MONGODB_URI, otherwise the embedded one in DATA_DIR, which a running `npm start`
 * must not be using.
 */
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import mongoose from 'mongoose'
import { readConfig, type Config } from '../src/config.ts'
import { SCHEMA_STEPS } from '../src/operators/schema-steps.ts'
import { readSchemaState } from '../src/schema/schema-state.ts'
import { newestOf } from '../src/schema/schema-step.ts'
import { lockDataFolder } from './data-folder.ts'
import { startMongod } from './mongod.ts'
import { keptSecretKeys } from './secret-keys.ts'

export interface InstanceDatabase {
  config: Config & { mongodbUri: string }
  close: () => Promise<void>
}

const FIND_WITHIN_MS = 5000

/**
 * Connects mongoose's default connection, and reads the configuration as the service does; builds no index and
 * runs no migration.
 * @throws ConfigError, or Error with a message for the operator, also if the schema is newer than this version
 */
export async function openInstanceDatabase(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<InstanceDatabase> {
  const given = readConfig(env)
  const dataDir = resolve(given.dataDir)
  const SECRET_KEYS = env['SECRET_KEYS']?.trim() || (await keptKeys(dataDir))
  const config = readConfig({ ...env, SECRET_KEYS }, ['SECRET_KEYS'])
  if (config.mongodbUri) return connect({ ...config, mongodbUri: config.mongodbUri }, async () => undefined)

  const lock = await lockDataFolder(dataDir)
  try {
    const mongod = await startMongod({ dataDir, say })
    const uri = new URL(mongod.uri)
    uri.pathname = '/fulcrum'
    return await connect({ ...config, mongodbUri: uri.toString() }, async () => {
      await mongod.stop()
      await lock.release()
    })
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Reads the keys that `npm start` has made. Makes none, since nothing was sealed with new ones. */
async function keptKeys(dataDir: string): Promise<string> {
  const isThere = await access(join(dataDir, 'secret-keys')).then(
    () => true,
    () => false,
  )
  return isThere ? keptSecretKeys(dataDir) : ''
}

async function connect(config: InstanceDatabase['config'], stop: () => Promise<void>): Promise<InstanceDatabase> {
  try {
    await mongoose.connect(config.mongodbUri, {
      autoIndex: false,
      autoCreate: false,
      serverSelectionTimeoutMS: FIND_WITHIN_MS,
      writeConcern: { w: 'majority' },
    })
    await readSchemaState(mongoose.connection.getClient().db(), newestOf(SCHEMA_STEPS))
  } catch (error) {
    await mongoose.disconnect()
    await stop()
    throw new Error(`MongoDB cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  return {
    config,
    async close() {
      await mongoose.disconnect()
      await stop()
    },
  }
}
