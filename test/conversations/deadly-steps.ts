/**
 * Loaded before a worker. A conversation whose id ends in `-dies-<step>` kills the first process that comes to that step of writing its note,
 * as `kill -9` does: `before-<write>` or `after-<write>` of one of WRITES, or `sending`, while Lever has its POST and has not answered.
 * The collection DEATHS tells at which steps one has died.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'

/** What a write under a claim does to the conversation, by a field that it alone sets. */
const WRITES = {
  cut: '"pending":{"fromSeq"',
  parts: '"pending.parts"',
  intent: '"pending.intentAt":"$$NOW"',
  kept: '"pending.done"',
  givenBack: '"notedSeq":',
} as const
const SENDING_MS = 150
const NEVER_SENT_MS = 3000

type Write = (filter: Record<string, unknown>, ...rest: unknown[]) => Promise<unknown>
interface Fate {
  step: string
  /** Of the POST. */
  path: string
}

const { collection } = ConversationModel
const fates = new Map<string, Fate>()
let turn: Promise<unknown> = Promise.resolve()

/** One deadly step after another, so that a process dies at one of them alone. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work)
  turn = mine.catch(() => undefined)
  return mine
}

async function dieOnce(step: string): Promise<void> {
  const deaths = collection.conn.collection<{ _id: string }>(process.env['DEATHS'] ?? '')
  if (await deaths.findOne({ _id: step })) return
  await deaths.insertOne({ _id: step }, { writeConcern: { w: 'majority' } })
  process.kill(process.pid, 'SIGKILL')
}

async function fateOf(id: unknown): Promise<Fate> {
  const key = String(id)
  const found = fates.get(key) ?? (await readFate(id))
  fates.set(key, found)
  return found
}

async function readFate(id: unknown): Promise<Fate> {
  const conversation = await collection.findOne({ _id: id as never })
  const [, step = 'none'] = /-dies-(.+)$/.exec(String(conversation?.['externalId'])) ?? []
  return { step, path: `/opportunities/${String(conversation?.['opportunityId'])}/notes` }
}

function deadly(write: Write): Write {
  return async (filter, ...rest) => {
    const [name] = Object.entries(WRITES).find(([, field]) => JSON.stringify(rest[0]).includes(field)) ?? []
    if (filter['fence'] === undefined || name === undefined) return write(filter, ...rest)
    const { step, path } = await fateOf(filter['_id'])
    if (step === `before-${name}`) await inTurn(() => dieOnce(step))
    if (step === 'sending' && name === 'intent') return writtenAndSent(() => write(filter, ...rest), path)
    if (step !== `after-${name}`) return write(filter, ...rest)
    return inTurn(async () => {
      const written = await write(filter, ...rest)
      await dieOnce(step)
      return written
    })
  }
}

function writtenAndSent(write: () => Promise<unknown>, path: string): Promise<unknown> {
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

function isSent(path: string): Promise<true> {
  return new Promise((resolve) => {
    subscribe('http.client.request.start', (message) => {
      const { request } = message as { request: ClientRequest }
      if (request.method === 'POST' && request.path.includes(path)) resolve(true)
    })
  })
}

for (const name of ['findOneAndUpdate', 'updateOne'] as const) {
  const write = collection[name].bind(collection) as unknown as Write
  Object.assign(collection, { [name]: deadly(write) })
}
