import { expect } from 'chai'
import {
  duplicateViews,
  findDuplicates,
  type Duplicate,
  type FindDuplicatesDeps,
  type MirrorTrust,
} from '../../../src/export/request/find-duplicates.ts'
import type { LeverClient } from '../../../src/lever/client.ts'

const duplicate = (opportunityId: string): Duplicate => ({
  opportunityId,
  contactId: 'contact',
  url: null,
  stage: null,
  archived: null,
  owner: null,
  postings: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  confidential: false,
})

interface World {
  mirrored?: string[]
  stands?: boolean
  isFresh?: boolean
  trust?: MirrorTrust
  emails?: string[]
}

/** Lever knows one opportunity; says whether it was asked, and whether a look of the mirror was wished for. */
async function search({ mirrored = [], stands = true, isFresh = true, trust, emails = ['ada@a.example'] }: World) {
  const asked: string[] = []
  let hastened = 0
  const persons: object[] = []
  const client = {
    async *list(_path: string, { query }: { query: { email: string } }) {
      asked.push(query.email)
      yield { id: 'in Lever', isAnonymized: false }
    },
  } as unknown as LeverClient
  const deps: FindDuplicatesDeps = {
    mirrored: async (_organization, person) => {
      persons.push(person)
      return mirrored.map(duplicate)
    },
    describe: async (_organization, { id }) => duplicate(id),
    searchLagMs: 1000,
    standing: async () => ({ stands, isFresh }),
    lacksHashes: async () => false,
    restoreHashes: async () => false,
    hasten: async () => void (hastened += 1),
  }
  const person = { emails, links: ['https://x.example/ada'] }
  const question = {
    organization: 'o',
    person,
    client,
    canSeeConfidential: false,
    lane: 'interactive' as const,
    ...(trust ? { trust } : {}),
  }
  const { duplicates, checkedAt } = await findDuplicates(question, deps)
  return { found: duplicates.map(({ opportunityId }) => opportunityId), checkedAt, asked: asked.length, hastened, persons }
}

describe('duplicate search', () => {
  it('asks Lever for every email address when the mirror cannot be trusted, however fresh it is', async () => {
    const { found, checkedAt, asked, hastened } = await search({ mirrored: ['gone in Lever'], emails: ['a@a.example', 'b@a.example'] })

    expect({ found, checkedAt, asked, hastened }).to.deep.equal({ found: ['in Lever'], checkedAt: 'lever', asked: 2, hastened: 0 })
  })

  it('in a bulk export, makes no call for candidates that the mirror knows', async () => {
    for (const isFresh of [true, false]) {
      const { found, checkedAt, asked } = await search({ mirrored: ['known'], trust: 'always', isFresh })
      expect({ found, checkedAt, asked }).to.deep.equal({ found: ['known'], checkedAt: 'mirror', asked: 0 })
    }
  })

  it('accepts that a person is absent from the mirror only if the mirror was just updated', async () => {
    expect(await search({ trust: 'always' })).to.deep.include({ found: [], checkedAt: 'mirror', asked: 0, hastened: 0 })
    expect(await search({ trust: 'always', isFresh: false })).to.deep.include({
      found: ['in Lever'],
      checkedAt: 'lever',
      asked: 1,
      hastened: 1,
    })
    expect(await search({ trust: 'forAbsence' })).to.deep.include({ found: [], checkedAt: 'mirror', asked: 0 })
  })

  it('asks Lever until the mirror is complete', async () => {
    for (const trust of ['always', 'forAbsence'] as const) {
      const answer = await search({ mirrored: ['known'], trust, stands: false, isFresh: false })
      expect(answer).to.deep.include({ found: ['in Lever'], checkedAt: 'lever', asked: 1, hastened: 0 })
    }
  })

  it('reads the opportunity to link from Lever', async () => {
    expect(await search({ mirrored: ['known'], trust: 'forAbsence' })).to.deep.include({ found: ['in Lever'], checkedAt: 'lever' })
  })

  it('matches by email address, or by link if there is none; only a complete mirror can match links', async () => {
    expect((await search({ trust: 'always' })).persons).to.deep.equal([{ emails: ['ada@a.example'], links: [] }])
    const byLink = { emails: [] }
    expect(await search({ ...byLink, mirrored: ['known'], stands: false })).to.deep.include({ found: ['known'], checkedAt: 'mirror' })
    expect(await search({ ...byLink, isFresh: false })).to.deep.include({ found: [], checkedAt: 'mirror', asked: 0 })
    expect(await search({ ...byLink, stands: false })).to.deep.include({ found: [], checkedAt: 'no', asked: 0 })
  })
})

describe('duplicates as shown to users', () => {
  const confidential = { ...duplicate('secret'), confidential: true }
  const postings = [
    { id: 'public', title: 'Engineer', isPublic: true },
    { id: 'secret', title: 'Head of Finance', isPublic: false },
  ]

  it('combine all confidential ones into a single last entry for sourcers', () => {
    const views = duplicateViews([confidential, duplicate('one'), confidential, duplicate('two')], 'nonConfidential')

    expect(views.map(({ opportunityId }) => opportunityId)).to.deep.equal(['one', 'two', null])
    expect(views.at(-1)).to.deep.include({ confidential: true, postings: [], createdAt: null })
    expect(duplicateViews([confidential, duplicate('one')], 'all').map(({ opportunityId }) => opportunityId)).to.deep.equal([
      'secret',
      'one',
    ])
    expect(duplicateViews([duplicate('one')], 'nonConfidential')).to.have.length(1)
  })

  it('show sourcers the names of public postings only', () => {
    const [toSourcer] = duplicateViews([{ ...duplicate('one'), postings }], 'nonConfidential')
    const [toAdmin] = duplicateViews([{ ...duplicate('one'), postings }], 'all')

    expect(toSourcer?.postings).to.deep.equal([{ id: 'public', title: 'Engineer' }])
    expect(toAdmin?.postings.map(({ id }) => id)).to.deep.equal(['public', 'secret'])
  })
})
