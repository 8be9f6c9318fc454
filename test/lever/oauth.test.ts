import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { LeverOAuthError } from '../../src/lever/lever-oauth-error.ts'
import { createLeverOAuth, type LeverOAuth } from '../../src/lever/oauth.ts'
import { createLog } from '../../src/log.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { rejection } from '../support/rejection.ts'
import { json, startHttpServer, type Answer, type TestServer } from './http-server.ts'

const REDIRECT_URI = 'http://127.0.0.1:4999/oauth/lever/callback'
const SCOPES = ['offline_access', 'opportunities:write:admin', 'users:read:admin']
const silent = createLog({ level: 'silent' })

function oauthAt(authUrl: string, given: { audience?: string; timeoutMs?: number; logLines?: string[] } = {}): LeverOAuth {
  const { audience = 'https://api.lever.co/v1', timeoutMs = 2000, logLines } = given
  const log = logLines ? createLog({ level: 'trace', destination: { write: (line) => void logLines.push(line) } }) : silent
  return createLeverOAuth({ authUrl, audience, clientId: 'our-id', clientSecret: 'our-secret', redirectUri: REDIRECT_URI, timeoutMs, log })
}

function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS512', v: '2.0' })}.${part(claims)}.signature`
}

describe('lever/oauth', () => {
  it('asks for consent with audience, PKCE, and scopes, and without prompt', async () => {
    const url = new URL(await oauthAt('https://auth.lever.co').authorizeUrl({ state: 's t', scopes: SCOPES, codeChallenge: 'abc' }))

    expect(url.origin + url.pathname).to.equal('https://auth.lever.co/authorize')
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      response_type: 'code',
      client_id: 'our-id',
      redirect_uri: REDIRECT_URI,
      scope: 'offline_access opportunities:write:admin users:read:admin',
      state: 's t',
      audience: 'https://api.lever.co/v1/',
      code_challenge: 'abc',
      code_challenge_method: 'S256',
    })
  })

  describe('with the local Lever', () => {
    let lever: LeverForTests
    let oauth: LeverOAuth
    const verifier = randomBytes(32).toString('base64url')

    before(async () => {
      lever = await startLever({ redirectUris: [REDIRECT_URI] })
      const { authUrl, audience, clientId, clientSecret } = lever
      oauth = createLeverOAuth({ authUrl, audience, clientId, clientSecret, redirectUri: REDIRECT_URI, timeoutMs: 5000, log: silent })
    })
    after(async () => lever.stop())

    async function newCode(): Promise<string> {
      const codeChallenge = createHash('sha256').update(verifier).digest('base64url')
      const back = await lever.consent(await oauth.authorizeUrl({ state: 'state', scopes: SCOPES, codeChallenge }))
      return new URL(back).searchParams.get('code') ?? ''
    }

    it('exchanges the code, and gets a new pair with each refresh', async () => {
      const pair = await oauth.exchange(await newCode(), verifier)
      const next = await oauth.refresh(pair.refreshToken ?? '')

      expect(pair.scopes).to.have.members(SCOPES)
      expect(pair.expiresInMs).to.equal(3_600_000)
      expect(pair.accountId).to.be.a('string')
      expect(pair.userId).to.be.a('string')
      expect(next.refreshToken).to.be.a('string').and.not.equal(pair.refreshToken)
      expect(next.accessToken).to.not.equal(pair.accessToken)
    })

    it('classifies a used code, a wrong verifier, and a used or revoked refresh token as an invalid grant', async () => {
      const code = await newCode()
      const pair = await oauth.exchange(code, verifier)
      await oauth.refresh(pair.refreshToken ?? '')
      const other = await oauth.exchange(await newCode(), verifier)
      await lever.revokeGrants()

      const fresh = await newCode()
      const attempts = [
        () => oauth.exchange(code, verifier),
        ...(lever.answers.pkce === 'checked' ? [() => oauth.exchange(fresh, 'another verifier')] : []),
        () => oauth.refresh(pair.refreshToken ?? ''),
        () => oauth.refresh(other.refreshToken ?? ''),
      ]
      for (const attempt of attempts) {
        const expected = { invalidGrant: true, temporary: false, oauthCode: 'invalid_grant', code: 'authorization_failed' }
        expect(await rejection(attempt()))
          .to.be.instanceOf(LeverOAuthError)
          .and.include(expected)
      }
    })

    it('does not mistake a wrong client secret for a revoked grant', async () => {
      const wrong = oauthAt(lever.authUrl)

      expect(await rejection(wrong.refresh('any'))).to.include({ invalidGrant: false, temporary: false, httpStatus: 401 })
    })
  })

  describe('with unusual responses', () => {
    let server: TestServer
    afterEach(async () => server.stop())

    async function refreshAnsweredBy(answer: Answer, given: { timeoutMs?: number; logLines?: string[] } = {}) {
      server = await startHttpServer(answer)
      return oauthAt(server.url, given).refresh('spent-once')
    }

    it('sends a form with the credentials in the body, none in a header', async () => {
      await refreshAnsweredBy((response) => json(response, 200, { access_token: 'a', refresh_token: 'r' }))

      const [seen] = server.seen
      expect(seen?.target).to.equal('/oauth/token')
      expect(seen?.headers['content-type']).to.equal('application/x-www-form-urlencoded')
      expect(seen?.headers.authorization).to.equal(undefined)
      expect(Object.fromEntries(new URLSearchParams(seen?.body))).to.deep.equal({
        grant_type: 'refresh_token',
        refresh_token: 'spent-once',
        client_id: 'our-id',
        client_secret: 'our-secret',
      })
    })

    it('tolerates missing or unusual values', async () => {
      const accessToken = jwt({ 'https://oauth.lever.co/accountId': 'acme', 'https://oauth.lever.co/userId': 7, scope: 'a b' })
      const pair = await refreshAnsweredBy((response) => {
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.end(JSON.stringify({ access_token: accessToken, refresh_token: null, expires_in: '120' }))
      })

      expect(pair).to.deep.equal({
        accessToken,
        refreshToken: null,
        scopes: ['a', 'b'],
        expiresInMs: 120_000,
        accountId: 'acme',
        userId: null,
      })
    })

    it('accepts a token that is not a JWT, and an absurd lifetime', async () => {
      for (const access_token of ['opaque', 'a.b.c', 'a.bnVsbA.c', '..']) {
        const pair = await refreshAnsweredBy((response) => json(response, 200, { access_token, expires_in: -1 }))

        expect(pair).to.include({ accessToken: access_token, expiresInMs: 3_600_000, accountId: null, userId: null })
        await server.stop()
      }
    })

    it('treats every other failure as temporary, and none as a revocation', async () => {
      const answers: Answer[] = [
        (response) => json(response, 500, { error: 'invalid_grant' }),
        (response) => json(response, 429, {}),
        (response) => response.writeHead(503).end('<html>'),
        (response) => response.writeHead(200).end('<html>'),
        (response) => json(response, 200, { token_type: 'Bearer' }),
        (response) => response.writeHead(200).end(),
        (response) => json(response, 302, {}, { location: '/elsewhere' }),
        (response) => response.writeHead(200, { 'content-length': '500' }).write('{', () => response.destroy()),
        (response) => response.destroy(),
        (response) => response.writeHead(200).end(Buffer.alloc(100_000, ' ')),
      ]
      for (const answer of answers) {
        const error = await rejection(refreshAnsweredBy(answer))

        expect(error).to.be.instanceOf(LeverOAuthError).and.include({ invalidGrant: false, temporary: true, code: 'lever_unavailable' })
        await server.stop()
      }
    })

    it('follows no redirect, so that no secret or token goes elsewhere', async () => {
      const elsewhere = await startHttpServer((response) => json(response, 200, { access_token: 'a' }))
      for (const status of [301, 302, 303, 307, 308]) {
        for (const location of ['/elsewhere', `${elsewhere.url}/oauth/token`]) {
          const error = await rejection(refreshAnsweredBy((response) => json(response, status, {}, { location })))

          expect(error).to.be.instanceOf(LeverOAuthError).and.include({ invalidGrant: false, temporary: true })
          expect(server.seen).to.have.length(1)
          await server.stop()
        }
      }
      expect(elsewhere.connections()).to.equal(0)
      await elsewhere.stop()
    })

    it('keeps the time limit, whether nothing or half of the response arrives', async () => {
      for (const answer of [() => undefined, (response) => void response.writeHead(200).write('{')] satisfies Answer[]) {
        const startedAt = performance.now()

        expect(await rejection(refreshAnsweredBy(answer, { timeoutMs: 200 }))).to.include({ temporary: true })

        expect(performance.now() - startedAt).to.be.within(80, 10_000)
        await server.stop()
      }
    })

    it('puts no secret into log or error', async () => {
      const logLines: string[] = []
      await refreshAnsweredBy((response) => json(response, 200, { access_token: 'access-1', refresh_token: 'refresh-2' }), { logLines })
      await server.stop()
      const error = await rejection(refreshAnsweredBy((response) => json(response, 403, { error: 'invalid_grant' }), { logLines }))
      createLog({ level: 'trace', destination: { write: (line) => void logLines.push(line) } }).error({ err: error }, 'failed')

      expect(logLines.join(''))
        .to.include('refresh_token')
        .and.to.not.match(/our-secret|spent-once|access-1|refresh-2/)
      expect(JSON.stringify(error)).to.not.match(/our-secret|spent-once/)
    })
  })
})
