/** Walks every mounted route: what somebody may not open, they may not open in another spelling of the path either. */
import { expect } from 'chai'
import type { Route } from '../../src/web/shell/mount-routes.ts'
import { newPerson, OPERATOR_KEY, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { sendRaw, type RawAnswer } from './hostile/raw-request.ts'
import { ROUTE_ACCESS } from './hostile/route-access.ts'
import { changesBetween, snapshotOf } from './hostile/snapshot.ts'
import { signIn, type Session } from './hostile/tenant.ts'
import { forEachOf } from './hostile/world.ts'

/** Several people take turns, so that nobody reaches the rate limit of one person. */
const SOURCERS = 20
const STRANGERS = 10
const SOME_ID = '0123456789abcdef01234567'

type Asker = 'nobody' | 'operator' | 'sourcer' | 'stranger'

/** A route with parameters that name objects of our organization. */
interface Place extends Route {
  name: string
  plain: string
  isApi: boolean
  /** True if it names an object that no other organization can have. */
  isOurs: boolean
}

describe('every route: spelling', function () {
  this.timeout(90_000)
  let service: ServiceForTests
  let ours: { id: string; api: Api }
  let routes: readonly Route[]
  let sourcers: Session[]
  let strangers: Session[]
  let objects: Record<string, string>
  let word: string

  before(async () => {
    const openId = { OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_CLIENT_ID: 'client', OIDC_CLIENT_SECRET: 'not-used-here-'.repeat(4) }
    service = await startService(openId)
    routes = service.service.routes
    ours = await service.organization()
    const theirs = await service.organization()
    sourcers = await signInMany(service.url, ours.api, 'sourcer', SOURCERS)
    strangers = await signInMany(service.url, theirs.api, 'admin', STRANGERS)
    word = 'word-of-ours'
    const candidate = (await ours.api.post<{ id: string }>('candidates', newPerson({ summary: word }))).body.id
    const apiKey = (await ours.api.post<{ id: string }>('api-keys', { name: word })).body.id
    objects = { '/candidates/': candidate, '/api/v1/candidates/': candidate, '/settings/api-keys/': apiKey, '/api/v1/api-keys/': apiKey }
  })
  after(() => service.stop())

  const placeOf = (route: Route): Place => {
    const before = route.path.slice(0, `${route.path}:`.indexOf(':'))
    const value = objects[before] ?? SOME_ID
    return {
      ...route,
      name: `${route.method.toUpperCase()} ${route.path}`,
      plain: route.path.replace(/:\w+/, value).replaceAll(/:\w+/g, SOME_ID),
      isApi: route.path.startsWith('/api/'),
      isOurs: before in objects,
    }
  }

  let turn = 0
  const credentialsOf = (asker: Asker): Record<string, string> => {
    if (asker === 'nobody') return {}
    if (asker === 'operator') return { authorization: `Bearer ${OPERATOR_KEY}` }
    const people = asker === 'sourcer' ? sourcers : strangers
    const { cookie, csrfToken } = people[(turn += 1) % people.length] as Session
    return { cookie, 'x-csrf-token': csrfToken }
  }
  const ask = (asker: Asker, method: string, path: string): Promise<RawAnswer> =>
    sendRaw(service.url, { method, path, headers: credentialsOf(asker) })

  /** The callers who may not use the place. */
  const refusedAt = ({ access, isApi, isOurs }: Place): Asker[] => {
    if (access === 'public') return []
    const byRole: Asker[] = access === 'sourcer' ? [] : ['sourcer']
    const isForOperator = access === 'operator' || access === 'operatorOrAdmin'
    return ['nobody', ...(isApi && !isForOperator ? (['operator'] as const) : []), ...byRole, ...(isOurs || access === 'operator' ? (['stranger'] as const) : [])]
  } // prettier-ignore

  it('requires the documented access on each route', () => {
    const mounted = Object.fromEntries(routes.map((route) => [placeOf(route).name, route.access]))
    const written = Object.fromEntries(Object.entries(ROUTE_ACCESS).flatMap(([access, names]) => names.map((name) => [name, access])))

    expect(mounted).to.deep.equal(written)
  })

  it('grants nobody, in any spelling, what the plain path refuses', async () => {
    const before = await snapshotOf(ours.id)
    const tries = routes
      .map(placeOf)
      .flatMap((place) => refusedAt(place).map((asker) => ({ place, asker })))
      .map((one, at) => ({ ...one, at }))
    expect(tries.length).to.be.above(230)

    await forEachOf(tries, ({ place, asker }) => `${place.name} as ${asker}`, async ({ place, asker, at: turnOfTry }) => {
      const { method, plain } = place
      const refusal = await ask(asker, method.toUpperCase(), plain)
      expectRefused(place, asker, refusal)
      const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]
      // all spellings for a sourcer, and alternately every second one for the others
      const spellings = spellingsOf(plain).filter((_, at) => asker === 'sourcer' || (at + turnOfTry) % 2 === 0)
      for (const [at, spelled] of spellings.entries()) {
        const answer = await ask(asker, methods[at % methods.length] as string, spelled)
        const isSame = answer.status === refusal.status && withoutNext(answer) === withoutNext(refusal)
        if (!isSame && ![400, 404, 405].includes(answer.status)) expect.fail(`${spelled} answered ${answer.status}: ${answer.text.slice(0, 200)}`)
        expect(answer.text, spelled).not.to.contain(word)
      }
    }) // prettier-ignore

    // sessions record when they were last used
    const after = await snapshotOf(ours.id)
    expect(changesBetween(before, after).filter((key) => !(key.startsWith('sessions/') && key in before && key in after))).to.deep.equal([])
  })
})

function expectRefused({ isApi }: Place, asker: Asker, { status, headers, text }: RawAnswer): void {
  if (asker === 'nobody' && isApi) expect(status, text).to.equal(401)
  // 415: the type of an upload is checked before anything is looked up
  else if (asker === 'sourcer' || isApi) expect(status, text).to.be.oneOf(asker === 'stranger' ? [403, 404, 415] : [403])
  else if (asker !== 'stranger') expect(`${status} ${headers.location ?? ''}`).to.match(/^(303 \/sign-in(\?.*)?|401 )$/)
  // a form about a missing object redirects to its list, with a notice
  else expect(status, text).to.be.oneOf([303, 404])
}

function withoutNext({ headers }: RawAnswer): string {
  return (headers.location ?? '').replace(/\?.*/, '')
}

/** Other spellings of a path that a proxy, a router or a file system might treat as equal; each combines as many variations as possible. */
function spellingsOf(plain: string): string[] {
  const segments = plain.split('/').slice(1)
  const last = segments.at(-1) ?? ''
  const parents = plain.slice(0, plain.length - last.length - 1)
  const mixed = plain.replace(/[a-z]/, (letter) => letter.toUpperCase())
  return [
    plain.toUpperCase(),
    mixed,
    `/${encodeFirst(plain.slice(1))}`,
    `${parents}/${encodeFirst(last)}`,
    `${parents || '/'}%2f${last}`,
    `/${plain}`,
    `${parents}//${last}`,
    `${plain}/`,
    `${mixed}//`,
    `/.${plain}`,
    `/x/..${plain}`,
    `/healthz/..${plain}`,
    `/%2e${plain}/.`,
    `${plain};x=1`,
    `${plain}%20`,
    `${plain}.`,
    `${plain}%2e`,
    `${parents || '/'}\\${last}`,
    `/${plain.slice(1).replaceAll('/', '\\')}#`,
    `${plain}%00`,
    `${plain}#/healthz`,
    `http://elsewhere.example${plain}`,
  ]
}

function encodeFirst(text: string): string {
  return `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`
}

async function signInMany(url: string, api: Api, role: 'admin' | 'sourcer', count: number): Promise<Session[]> {
  const emails = Array.from({ length: count }, (_, at) => `${role}-${at}@walk.example`)
  return Promise.all(
    emails.map(async (email) => {
      await api.put(`users/${email}`, { name: email, role })
      return signIn(url, api, email)
    }),
  )
}
