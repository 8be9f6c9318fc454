/**
 * Loaded before a worker. A conversation whose id ends in `-dies-<step>` kills the first process that comes to that step of writing its note,
 * as `kill -9` does: `before-<write>` or `after-<write>` of one of WRITES, or `sending`, while Lever has its POST and has not answered.
 * The collection DEATHS tells at which steps one has died.
 */
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'

const COLLECTION = 'conversations'
/** What a write under a claim does to the conversation, by a field that it alone sets. */
const WRITES = {
  cut: '"pending":{"fromSeq"',
  parts: '"pending.parts"',
  intent: '"pending.intentAt":"$$NOW"',
  kept: '"pending.done"',
  givenBack: '"notedSeq":',
}
const SENDING_MS = 150
const NEVER_SENT_MS = 3000

/** By conversation: the step at which a process dies, and the path of the note's POST. */
const fates = new Map()
let turn = Promise.resolve()

/** One deadly step after another, so that a process dies at one of them alone. */
function inTurn(work) {
  const mine = turn.then(work)
  turn = mine.catch(() => undefined)
  return mine
}

async function dieOnce(step) {
  const deaths = mongoose.connection.collection(process.env.DEATHS ?? '')
  if (await deaths.findOne({ _id: step })) return
  await deaths.insertOne({ _id: step }, { writeConcern: { w: 'majority' } })
  process.kill(process.pid, 'SIGKILL')
}

async function fateOf(id) {
  const key = String(id)
  const found = fates.get(key) ?? (await readFate(id))
  fates.set(key, found)
  return found
}

async function readFate(id) {
  const conversation = await mongoose.connection.collection(COLLECTION).findOne({ _id: id })
  const [, step = 'none'] = /-dies-(.+)$/.exec(String(conversation?.externalId)) ?? []
  return { step, path: `/opportunities/${String(conversation?.opportunityId)}/notes` }
}

async function deadly(write, filter, rest) {
  const [name] = Object.entries(WRITES).find(([, field]) => JSON.stringify(rest[0]).includes(field)) ?? []
  if (filter.fence === undefined || name === undefined) return write()
  const { step, path } = await fateOf(filter._id)
  if (step === `before-${name}`) await inTurn(() => dieOnce(step))
  if (step === 'sending' && name === 'intent') return writtenAndSent(write, path)
  if (step !== `after-${name}`) return write()
  return inTurn(async () => {
    const written = await write()
    await dieOnce(step)
    return written
  })
}

function writtenAndSent(write, path) {
  return new Promise((resolve, reject) => {
    inTurn(async () => {
      const sent = isSent(path)
      resolve(await write())
      if (!(await Promise.race([sent, sleep(NEVER_SENT_MS, false)]))) return
      await sleep(SENDING_MS)
      await dieOnce('sending')
    }).catch(reject)
  })
}

function isSent(path) {
  return new Promise((resolve) => {
    subscribe('http.client.request.start', ({ request }) => {
      if (request.method === 'POST' && request.path.includes(path)) resolve(true)
    })
  })
}

const collections = mongoose.Collection.prototype
for (const name of ['findOneAndUpdate', 'updateOne']) {
  const original = collections[name]
  collections[name] = function (filter, ...rest) {
    const write = () => original.call(this, filter, ...rest)
    return this.collectionName === COLLECTION ? deadly(write, filter, rest) : write()
  }
}
