import { expect } from 'chai'
import { ServiceError } from '../../src/errors.ts'
import type { LeverClient } from '../../src/lever/client.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { addNote, listNotes, replaceNote } from '../../src/lever/notes.ts'
import { getOpportunity } from '../../src/lever/opportunities.ts'
import { getPosting } from '../../src/lever/postings.ts'
import { getUser } from '../../src/lever/users.ts'
import { deleteWebhook } from '../../src/lever/webhooks.ts'
import { classifyWriteError, isWorthAnotherTry } from '../../src/lever/write-outcome.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, type TestServer } from './http-server.ts'

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const item of items) read.push(item)
  return read
}

const UUID = '4f8a2c1e-0d3b-4a5c-9e7f-1b2c3d4e5f60'
const NO_IDS = [
  '', '.', '..', '../users', 'a/b', 'a\\b', 'a?b=c', 'a#b', '%2e%2e', '%2F', 'a b', 'a\nb', `${UUID}\n`, 'a.b', 'a;b', 'é', 'a\0', 'x'.repeat(101),
] // prettier-ignore

describe('lever/lever-path', () => {
  it('inserts ids', () => {
    expect(leverPath`/opportunities`).to.equal('/opportunities')
    expect(leverPath`/opportunities/${UUID}/notes/${'lead-new'}`).to.equal(`/opportunities/${UUID}/notes/lead-new`)
  })

  describe('every call with an id in its path', () => {
    let server: TestServer
    before(async () => {
      server = await startHttpServer((response) => json(response, 200, { data: { id: 'x' } }))
    })
    after(async () => server.stop())

    const calls: Record<string, (client: LeverClient, id: string) => Promise<unknown>> = {
      getOpportunity: (client, id) => getOpportunity(client, id),
      getPosting: (client, id) => getPosting(client, id),
      getUser: (client, id) => getUser(client, id),
      deleteWebhook: (client, id) => deleteWebhook(client, id),
      listNotes: async (client, id) => all(listNotes(client, id)),
      addNote: (client, id) => addNote(client, { opportunityId: id, value: 'Hello' }),
      'replaceNote of an opportunity': (client, id) => replaceNote(client, { opportunityId: id, noteId: UUID, value: 'Hello' }),
      'replaceNote of a note': (client, id) => replaceNote(client, { opportunityId: UUID, noteId: id, value: 'Hello' }),
    }
    for (const [name, call] of Object.entries(calls))
      it(`${name} sends nothing for an invalid id, and reports that nothing was done`, async () => {
        for (const id of NO_IDS) {
          const error = await rejection(call(clientFor(server.url).client, id))

          expect(error, JSON.stringify(id)).to.be.instanceOf(ServiceError).and.include({ code: 'lever_rejected' })
          expect(classifyWriteError(error)).to.equal('nothing')
          expect(isWorthAnotherTry(error)).to.equal(false)
        }
        expect(server.seen).to.deep.equal([])
      })
  })

  it('skips a Lever record whose id cannot be part of a path', async () => {
    const notes = [
      { id: '../users', text: 'a' },
      { id: 'n1', text: 'b' },
    ]
    const server = await startHttpServer((response) => json(response, 200, { data: notes, hasNext: false }))

    const read = await all(listNotes(clientFor(server.url).client, UUID))

    expect(read.map(({ id }) => id)).to.deep.equal(['n1'])
    await server.stop()
  })
})
