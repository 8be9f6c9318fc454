/** A process that calls Lever for organizations as it is told to: connections as the service builds them, over the same database and Lever. */
import mongoose from 'mongoose'
import { z } from 'zod'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { readConfig } from '../../src/config.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { ACTOR, ADMIN, buildConnections, newNeighbourhood, PUBLIC_URL } from './build-connections.ts'
import type { Order, ProcessSettings, Result } from './token-processes.ts'
import { auditWith } from '../support/audit.ts'
import { toNobody } from '../support/domain-events.ts'

const { mongodbUri, secretKeys, lever, timeoutMs } = JSON.parse(process.env['TOKEN_PROCESS'] ?? '{}') as ProcessSettings
const sealer = createSealer(readConfig({ SECRET_KEYS: secretKeys }).secretKeys)
const audit = auditWith(sealer)
const accounts = createAccounts({
  sealer,
  publicUrl: PUBLIC_URL,
  audit,
  publish: toNobody,
})
const connections = buildConnections({
  lever,
  sealer,
  audit,
  accounts,
  neighbourhood: newNeighbourhood(),
  publicUrl: PUBLIC_URL,
  timeoutMs,
})

async function call(organization: string): Promise<string> {
  try {
    await (await connections.leverClient(organization)).get(leverPath`/users`, { query: { limit: 1 }, schema: z.unknown() })
    return 'ok'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

let allowed = Promise.resolve()
let letSave = (): void => undefined

/** Between Lever's answer and the save: tells that it has come to this, and waits to be let. */
function watchSaves(): void {
  const update = ConnectionModel.findOneAndUpdate.bind(ConnectionModel) as (...given: unknown[]) => { lean: () => unknown }
  const stalled = (...given: unknown[]) => {
    if (!JSON.stringify(given[1]).includes('grant.accessToken')) return update(...given)
    process.send?.({ answered: true } satisfies Result)
    return { lean: async () => allowed.then(() => update(...given).lean()) }
  }
  ConnectionModel.findOneAndUpdate = stalled as never
}

process.on('message', (order: Order) => {
  void (async (): Promise<void> => {
    if (order.letSave) return letSave()
    if (order.stallSave) allowed = new Promise<void>((resolve) => (letSave = resolve))
    if (order.link) {
      const { token } = await connections.authorizeLink(order.organization, ADMIN, ACTOR)
      process.send?.({ token } satisfies Result)
      return
    }
    const outcomes = await Promise.all(Array.from({ length: order.calls }, () => call(order.organization)))
    process.send?.({ outcomes } satisfies Result)
  })()
})

watchSaves()
await mongoose.connect(mongodbUri, { autoIndex: false })
process.send?.({ ready: true } satisfies Result)
