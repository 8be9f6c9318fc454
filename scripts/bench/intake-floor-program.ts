/** The floor of durable intake: only `insertMany`, one group after another, without HTTP, parsing or signatures. */
import mongoose from 'mongoose'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { deliveryOf, DURABLY, type IncomingBody } from './intake-documents.ts'
import { readGiven, tell } from './program.ts'
import { signedBody } from './webhook-bodies.ts'

const { databaseUri, groupOf, seconds } = readGiven() as { databaseUri: string; groupOf: number; seconds: number }
await mongoose.connect(databaseUri, { autoIndex: false })
await DeliveryModel.createIndexes()
const texts = Array.from({ length: groupOf }, () => signedBody('floor'))
const bodies = texts.map((text) => JSON.parse(text) as IncomingBody)
let written = 0
const cpuBefore = process.cpuUsage()
const startedAt = performance.now()
while (performance.now() - startedAt < seconds * 1000) {
  const documents = bodies.map((body, index) => {
    const name = `${startedAt} ${written + index}`
    return deliveryOf({ ...body, token: name, signature: name }, texts[index] ?? '')
  })
  await DeliveryModel.collection.insertMany(documents, { ordered: false, writeConcern: DURABLY })
  written += groupOf
}
const used = process.cpuUsage(cpuBefore)
await tell({ perSecond: (written * 1000) / (performance.now() - startedAt), written, cpuMs: (used.user + used.system) / 1000 })
process.exit(0)
