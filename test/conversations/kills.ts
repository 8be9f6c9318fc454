import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../../scripts/free-port.ts'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, type LeverRequest } from '../support/lever.ts'
import { spawnServe } from '../support/serve.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { read, send, textsOf, WITH_CONVERSATIONS } from './conversation-world.ts'

const DEATHS = 'deaths'
const BURSTS = [2, 2]
const WORKERS = 3
const DELAY_MS = 2000
const EARLY_MS = 1000
const LATE_MS = 5000
/** Added to `LATE_MS`: so many times what the slowest request took, since a busy machine delays notes as well as requests. */
const LATE_REQUESTS = 5

interface Said {
  body: string
  /** By the database's clock, as the answer tells. */
  arrivedAt: number
  dueAt: number
}

interface Talk {
  externalId: string
  opportunityId: string
  /** Sender's email for each message of a burst. The last sender is the note's author. */
  authors: [string, string]
  said: Said[]
}

/**
 * One conversation for each step: the worker that comes to it while writing the note is killed. Steps that begin with `none` kill nobody.
 * `deadly-steps.mjs` says what the steps are.
 */
export function describeConversationsUnderKills(steps: readonly string[]): void {
  describe('conversations whose workers are killed', function () {
    this.timeout(120_000)
    let service: ServiceForTests
    let api: Api
    let isOver = false
    const workers: Promise<void>[] = []
    /** Ports of the running workers, by process id. */
    const ports = new Map<number, string>()
    const ends: string[] = []
    /** How long the service took to answer a message, at most. */
    let slowestMs = 0

    /** One worker process after another, as a supervisor would start them. */
    async function superviseWorker(): Promise<void> {
      while (!isOver) {
        const port = String(await freePort())
        const env = { ...service.env, ROLES: 'worker', DEATHS, PORT: port }
        const { child, ended } = spawnServe(env, join(import.meta.dirname, 'deadly-steps.mjs'))
        const pid = child.pid ?? 0
        ports.set(pid, port)
        const { signal, code, stderr } = await ended
        ports.delete(pid)
        if (!isOver) ends.push(signal ?? `exit ${code}: ${stderr}`)
      }
    }

    before(async () => {
      const times = { NOTE_DELAY_MS: String(DELAY_MS), LEASE_MS: '1000', SETTLE_MS: '200', LEVER_TIMEOUT_MS: '1000', JOB_POLL_MS: '500' }
      const budget = { LEVER_REQUESTS_PER_SECOND: '1000', LEVER_BURST: '1000' }
      service = await startService({ ...times, ...budget, ROLES: 'web' })
      await service.lever.settings({ rateLimit: { enabled: false } })
      for (let at = 0; at < WORKERS; at += 1) workers.push(superviseWorker())
      api = (await service.connected(WITH_CONVERSATIONS)).api
      await api.put(`user-mappings/${LEVER_ADMIN}`, { leverEmail: LEVER_ADMIN })
    })
    after(async () => {
      isOver = true
      for (const pid of ports.keys()) process.kill(pid, 'SIGKILL')
      await Promise.all(workers)
      await service.stop()
    })

    async function allWorkersAreUp(): Promise<void> {
      const isUp = async (port: string) => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok
      await eventually(
        'all workers are up',
        async () => ports.size === WORKERS && (await Promise.all([...ports.values()].map(isUp))).every(Boolean),
        60_000,
      )
    }

    async function startTalk(step: string, at: number): Promise<Talk> {
      const { id: opportunityId } = await service.lever.addOpportunity({ name: 'Iris Quiet' })
      const path = `/opportunities/${opportunityId}/notes$`
      if (step === 'sending') await service.lever.fault({ match: { method: 'POST', path }, kind: 'hangAfter' })
      const authors: Talk['authors'] = at % 2 === 0 ? [LEVER_ADMIN, SOURCER] : [SOURCER, LEVER_ADMIN]
      return { externalId: `talk-dies-${step}`, opportunityId, authors, said: [] }
    }

    /** Sends a burst of messages, half a quiet time apart, and waits until all are noted. */
    async function burst(talk: Talk, messages: number): Promise<void> {
      for (let at = 0; at < messages; at += 1) {
        if (at > 0) await new Promise((resolve) => setTimeout(resolve, DELAY_MS / 2))
        const body = `${talk.externalId} says ${talk.said.length};`
        const { opportunityId } = talk
        const sentAt = performance.now()
        const answer = await send(api, talk.externalId, { opportunityId, author: talk.authors[at] ?? SOURCER, body })
        slowestMs = Math.max(slowestMs, performance.now() - sentAt)
        const dueAt = Date.parse(answer.body.noteDueAt ?? '')
        talk.said.push({ body, dueAt, arrivedAt: dueAt - DELAY_MS })
      }
      await eventually(
        `all of ${talk.externalId} is noted`,
        async () => {
          const { status, notes } = await read(api, talk.externalId)
          return status === 'noted' && notes.reduce((sum, note) => sum + note.messages, 0) === talk.said.length
        },
        90_000,
      )
    }

    /** The notes in Lever, in order, each with its messages, its author and the request that made it. */
    async function notesOf({ opportunityId, said }: Talk): Promise<{ messages: Said[]; user: string | null; at: number }[]> {
      const notes = await service.lever.notesOf(opportunityId)
      const made = (await service.lever.requests(`/opportunities/${opportunityId}/notes`)).filter(({ effectId }) => effectId !== null)
      expect(made.map(({ effectId }: LeverRequest) => effectId)).to.deep.equal(notes.map(({ id }) => id))
      return textsOf(notes).map((text, index) => ({
        messages: said.filter(({ body }) => text.includes(body)),
        user: notes[index]?.user ?? null,
        at: made[index]?.at ?? 0,
      }))
    }

    it(`put each of ${steps.length * 4} messages into one note, by the right author, never early, and late only after a kill`, async () => {
      const talks = await Promise.all(steps.map(startTalk))
      const { body: users } = await api.get<{ data: { id: string; email: string }[] }>('lever/users?limit=100')

      for (const messages of BURSTS) {
        await allWorkersAreUp() // killed workers take seconds to start again
        await Promise.all(talks.map((talk) => burst(talk, messages)))
      }

      const killed = await ConversationModel.db.collection(DEATHS).distinct('_id')
      expect(killed).to.have.members(steps.filter((step) => !step.startsWith('none')))
      expect(new Set(ends)).to.deep.equal(new Set(['SIGKILL']))
      for (const talk of talks) {
        const notes = await notesOf(talk)
        expect(
          notes.flatMap(({ messages }) => messages),
          talk.externalId,
        ).to.deep.equal(talk.said)
        for (const [index, note] of notes.entries()) {
          const last = note.messages.at(-1)
          const next = notes[index + 1]?.messages[0]
          const author = talk.authors[talk.said.indexOf(last as Said) % talk.authors.length]
          expect(note.at - (last?.dueAt ?? 0), `${talk.externalId}: how late`).to.be.at.least(-EARLY_MS)
          expect(next?.arrivedAt ?? Infinity, `${talk.externalId}: within the quiet time`).to.be.at.least(last?.dueAt ?? Infinity)
          expect(note.user, talk.externalId).to.equal(users.data.find(({ email }) => email === author)?.id)
        }
        const last = notes.at(-1)
        expect((last?.at ?? 0) - (last?.messages.at(-1)?.dueAt ?? 0), `${talk.externalId}: how late`).to.be.at.most(
          LATE_MS + LATE_REQUESTS * slowestMs,
        )
      }
    })
  })
}
