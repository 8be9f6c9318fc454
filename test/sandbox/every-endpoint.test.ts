import { expect } from 'chai'
import { ENDPOINTS } from '../../src/sandbox/api/api-routes.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, userId, type CallLever } from './call-lever.ts'
import { expectShape } from './expect-shape.ts'
import { steps } from './endpoint-steps.ts'

describe('every endpoint of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  const ids: Record<string, string> = {}

  before(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    const posting = await postingNamed(api, 'Backend Engineer')
    const gone = await addOpportunity(api, { name: 'Gone', postings: [posting.id] })
    await lever.deleteOpportunity(gone.data.id)
    const opportunities = await lever.allOpportunities()
    const withSome = async (what: string, isMeant: (one: { status?: string }) => boolean = () => true): Promise<string> => {
      for (const { id } of opportunities) if ((await api.get(`/opportunities/${id}/${what}`)).body.data.some(isMeant)) return id
      throw new Error(`no opportunity has ${what}`)
    }
    const offered = await withSome('offers', ({ status }) => status === 'signed')
    const referred = await withSome('referrals')
    Object.assign(ids, {
      posting: posting.id,
      ana: await userId(api, 'ana'),
      stage: 'lead-reached-out',
      reason: (await api.get('/archive_reasons?type=non-hired')).body.data[0].id,
      contact: opportunities[0]?.contact ?? '',
      offered,
      offer: (await api.get(`/opportunities/${offered}/offers`)).body.data[0].id,
      referred,
      referral: (await api.get(`/opportunities/${referred}/referrals`)).body.data[0].id,
    })
  })
  after(async () => lever.stop())

  const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `{${name}}`)

  for (const step of steps()) {
    const [method = '', path = ''] = step.at.split(' ')
    it(`${step.at}${step.query ?? ''} answers as ${step.known === 'rec' ? 'recorded' : 'documented'}`, async () => {
      const to = filled(path) + filled(step.query ?? '')
      const body = step.body instanceof FormData ? step.body : step.body && JSON.parse(filled(JSON.stringify(step.body)))
      const answer = method === 'GET' ? await api.get(to) : await api.send(method as 'POST', to, body)

      expect(answer.status, JSON.stringify(answer.body)).to.equal(step.status ?? 200)
      if (step.status === 204) expect(answer.body).to.equal('')
      if (step.shape) expectShape(answer.body, step.shape)
      if (Array.isArray(answer.body.data) && !step.empty) expect(answer.body.data, 'something to look at').not.to.be.empty
      if (step.as) ids[step.as] = answer.body.data.id ?? answer.body.data[0].id
    })
  }

  it('includes the 63 that were recorded, and the walk covers all', () => {
    const named = (at: string): string => at.replaceAll(/\{\w+\}/g, ':').replace(/\?.*/, '')
    const walked = new Set(steps().map(({ at }) => named(at)))
    const there = ENDPOINTS.map(({ method, path }) => named(`${method} ${path}`.replaceAll(/:\w+/g, ':')))
    const recorded = new Set(steps().flatMap(({ at, known }) => (known === 'rec' ? named(at) : [])))

    expect(
      there.filter((at) => !walked.has(at)),
      'not walked',
    ).to.deep.equal([])
    expect(recorded.size).to.equal(63)
  })
})
