/** Servers that the intake is compared with: they do less, each as small as possible, with the same database, document and indexes. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import mongoose, { type mongo } from 'mongoose'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { deliveryOf, DURABLY, type IncomingBody } from './intake-documents.ts'
import { readGiven, tell } from './program.ts'

export type PeerKind = 'bare' | 'each' | 'grouped'

const { kind, databaseUri, signatureToken } = readGiven() as { kind: PeerKind; databaseUri: string; signatureToken: string }
if (kind !== 'bare') {
  await mongoose.connect(databaseUri, { autoIndex: false })
  await DeliveryModel.createIndexes()
}
const store = { bare: async () => undefined, each: insertOne, grouped: insertInGroups() }[kind]

const app = new Koa()
app.use(async (ctx) => {
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const body = JSON.parse(text) as IncomingBody
  if (!isSigned(body)) ctx.throw(401)
  await store(deliveryOf(body, text))
  ctx.body = { outcome: 'stored' }
})
const handle = app.callback()
const server = createServer((request, response) => void handle(request, response))
server.listen(0, '127.0.0.1', () => void tell({ port: (server.address() as AddressInfo).port }))
process.once('SIGTERM', () => process.exit(0))

function isSigned({ token, triggeredAt, signature }: IncomingBody): boolean {
  const wanted = createHmac('sha256', signatureToken).update(`${token}${triggeredAt}`).digest()
  return timingSafeEqual(wanted, Buffer.from(signature, 'hex'))
}

async function insertOne(document: mongo.Document): Promise<void> {
  await DeliveryModel.collection.insertOne(document, { writeConcern: DURABLY })
}

/** Writes one group after another, each with what arrived during the write before. */
function insertInGroups(): (document: mongo.Document) => Promise<void> {
  let waiting: { document: mongo.Document; done: () => void }[] = []
  let isWriting = false
  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      const group = waiting.splice(0)
      await DeliveryModel.collection.insertMany(group.map(({ document }) => document), { ordered: false, writeConcern: DURABLY }) // prettier-ignore
      for (const { done } of group) done()
    }
    isWriting = false
  }
  return (document) =>
    new Promise((done) => {
      waiting.push({ document, done })
      if (!isWriting) void writeAll()
    })
}
