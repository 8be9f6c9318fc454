import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { mountRoutes, type Route } from '../../../src/web/shell/mount-routes.ts'
import type { SiteState } from '../../../src/web/shell/site-state.ts'
import { sendRaw } from '../hostile/raw-request.ts'

const route = (method: Route['method'], path: string, access = 'all'): Route => ({ method, path, access })
const mount = (...routes: Route[]) =>
  mountRoutes(routes, ['all'] as readonly string[], (ctx, { path }) => {
    ctx.body = path
  })

describe('mounting routes', () => {
  let server: Server
  let url: string

  before(async () => {
    const app = new Koa<SiteState>()
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        const { status, headers } = error as { status: number; headers: Record<string, string> }
        ctx.set(headers)
        ctx.status = status
        ctx.body = ''
      }
    })
    app.use(mount(route('get', '/things/:id'), route('delete', '/things/:id'), route('post', '/things/import'), route('get', '/things')))
    server = createServer(app.callback() as never)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  it('refuses a route without an access level, or with an unknown one', () => {
    for (const access of [undefined, '', 'everybody', 'ALL'])
      expect(() => mount({ ...route('get', '/x'), access: access as string })).to.throw('GET /x does not declare who may use it')
  })

  it('refuses a second route with the same method and path', () => {
    expect(() => mount(route('get', '/x'), route('get', '/x'))).to.throw('GET /x is declared twice')
    expect(() => mount(route('get', '/x'), route('post', '/x'))).not.to.throw()
  })

  it('serves a path in no other spelling', async () => {
    for (const path of ['/Things', '/THINGS', '/things/', '//things', '/%74hings', '/things/1/', '/./things', '/x/../things', '/things;x', '/things%00'])
      expect((await sendRaw(url, { method: 'GET', path })).status, path).to.equal(404)
    expect((await sendRaw(url, { method: 'GET', path: '/things?x' })).text).to.equal('/things')
  }) // prettier-ignore

  it('lists in Allow the methods of exactly that path', async () => {
    const allowed = async (method: string, path: string) => {
      const { status, headers } = await sendRaw(url, { method, path })
      return `${status} ${headers.allow}`
    }

    expect(await allowed('PUT', '/things/import')).to.equal('405 POST, OPTIONS')
    expect(await allowed('GET', '/things/import')).to.equal('405 POST, OPTIONS')
    expect(await allowed('PUT', '/things/1')).to.equal('405 DELETE, GET, HEAD, OPTIONS')
    expect(await allowed('OPTIONS', '/things')).to.equal('204 GET, HEAD, OPTIONS')
  })

  it('answers HEAD like GET', async () => {
    expect((await sendRaw(url, { method: 'HEAD', path: '/things/1' })).status).to.equal(200)
  })
})
