import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { answerOf, type Answer } from './call-lever.ts'

const CALLBACK = 'http://127.0.0.1:9/callback?tenant=a'
const SCOPES = 'offline_access users:read:admin opportunities:write:admin'

describe('OAuth of the local Lever', () => {
  let lever: LeverForTests

  beforeEach(async () => {
    lever = await startLever({ answers: 'likeliest', redirectUris: [CALLBACK] })
  })
  afterEach(async () => lever.stop())

  function authorizeUrl(changes: Record<string, string> = {}): string {
    const query = {
      client_id: lever.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: 'a state',
      scope: SCOPES,
      audience: lever.audience,
    }
    return `${lever.authUrl}/authorize?${new URLSearchParams({ ...query, ...changes })}`
  }

  async function token(fields: Record<string, string>, as: 'form' | 'json' = 'form'): Promise<Answer> {
    const body = { client_id: lever.clientId, client_secret: lever.clientSecret, ...fields }
    const init =
      as === 'form' ? { body: new URLSearchParams(body) } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return answerOf(await fetch(`${lever.authUrl}/oauth/token`, { method: 'POST', ...init }))
  }

  async function grant(changes: Record<string, string> = {}, fields: Record<string, string> = {}): Promise<Answer> {
    const code = new URL(await lever.consent(authorizeUrl(changes))).searchParams.get('code') ?? ''
    return token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...fields })
  }

  const status = async (accessToken: string, path = '/users?limit=1'): Promise<number> =>
    (await fetch(`${lever.apiUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })).status

  it('gives a code to a Super Admin who accepts, and a pair of tokens for the code', async () => {
    const back = new URL(await lever.consent(authorizeUrl()))
    expect(back.searchParams.get('state')).to.equal('a state')
    expect(back.searchParams.get('tenant')).to.equal('a')

    const { status: answered, body } = await token(
      { grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', redirect_uri: CALLBACK },
      'json',
    )

    expect(answered).to.equal(200)
    expect(body).to.include({ scope: SCOPES, expires_in: 3600, token_type: 'Bearer' })
    const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString('utf8'))
    expect(claims).to.include.keys(
      'https://oauth.lever.co/userId',
      'https://oauth.lever.co/accountId',
      'https://oauth.lever.co/clientId',
      'exp',
    )
    expect(await status(body.access_token)).to.equal(200)
  })

  it('reports a refusal to the app, and a user who is not a Super Admin', async () => {
    const refused = new URL(await lever.consent(authorizeUrl(), { accept: false }))
    expect(refused.searchParams.get('error')).to.equal('access_denied')
    expect(refused.searchParams.get('error_description')).to.equal('user_did_not_authorize_the_request')
    expect(refused.searchParams.get('state')).to.equal('a state')

    const recruiter = new URL(await lever.consent(authorizeUrl(), { as: 'bo@acme.example' }))
    expect(recruiter.searchParams.get('error')).to.equal('access_denied')
    expect(recruiter.searchParams.has('code')).to.equal(false)
  })

  it('does not redirect the browser to an unregistered address or for an unknown app', async () => {
    for (const changes of [{ redirect_uri: `${CALLBACK}/` }, { client_id: 'other' }]) {
      const answer = await fetch(authorizeUrl(changes), { redirect: 'manual' })
      expect(answer.status).to.equal(400)
    }
  })

  it('returns a wrong response_type as an error', async () => {
    expect(await lever.consent(authorizeUrl({ response_type: 'token' }))).to.contain('error=unsupported_response_type')
  })

  it('grants only offline_access when the audience lacks its slash', async () => {
    const { body } = await grant({ audience: lever.apiUrl })

    expect(body.scope).to.equal('offline_access')
    expect(await status(body.access_token)).to.equal(403)
  })

  it('asks for consent once, and again with prompt=consent, for more scopes, and after a revocation', async () => {
    await grant()
    expect(await lever.consent(authorizeUrl(), { accept: false }), 'not asked').to.contain('code=')
    expect(await lever.consent(authorizeUrl({ prompt: 'consent' }), { accept: false })).to.contain('error=')
    expect(await lever.consent(authorizeUrl({ scope: `${SCOPES} notes:write:admin` }), { accept: false })).to.contain('error=')
    await lever.revokeGrants()
    expect(await lever.consent(authorizeUrl(), { accept: false })).to.contain('error=')
  })

  it("requires the code's verifier and callback, and allows one use", async () => {
    const verifier = randomBytes(32).toString('base64url')
    const pkce = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' }
    expect((await grant(pkce, { code_verifier: verifier })).status).to.equal(200)
    expect((await grant(pkce, { code_verifier: 'another' })).status).to.equal(403)
    expect((await grant(pkce)).status).to.equal(403)
    expect((await grant({}, { redirect_uri: 'http://127.0.0.1:9/other' })).body.error).to.equal('invalid_grant')

    const code = new URL(await lever.consent(authorizeUrl())).searchParams.get('code') ?? ''
    const once = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK }
    expect((await token(once)).status).to.equal(200)
    expect((await token(once)).body).to.deep.equal({ error: 'invalid_grant', error_description: 'Invalid authorization code' })
  })

  it('answers a wrong secret with 401 and names a missing field', async () => {
    expect((await token({ grant_type: 'refresh_token', client_secret: 'wrong', refresh_token: 'x' })).status).to.equal(401)
    const missing = await token({ grant_type: 'authorization_code', redirect_uri: CALLBACK })
    expect(missing.status).to.equal(403)
    expect(missing.body).to.deep.equal({ error: 'invalid_request', error_description: 'Missing required parameter: code' })
  })

  it('rotates the refresh token, and revokes everything when a used one is presented', async () => {
    const first = (await grant()).body
    const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })
    expect(second.status).to.equal(200)
    expect(second.body.refresh_token).not.to.equal(first.refresh_token)
    expect(await status(first.access_token), 'the older access token lives on').to.equal(200)

    const reused = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })

    expect(reused.status).to.equal(403)
    expect(reused.body.error).to.equal('invalid_grant')
    expect((await token({ grant_type: 'refresh_token', refresh_token: second.body.refresh_token })).status).to.equal(403)
    expect(await status(second.body.access_token)).to.equal(401)
  })

  it('issues no refresh token without offline_access', async () => {
    expect((await grant({ scope: 'users:read:admin' })).body).not.to.have.property('refresh_token')
  })

  it('ends access tokens on command, after their lifetime, and when access is revoked', async () => {
    await lever.settings({ accessTokenLifeMs: 60_000 })
    const { body } = await grant()
    expect(body.expires_in).to.equal(60)
    await lever.settings({ clockOffsetMs: 61_000 })
    expect(await status(body.access_token)).to.equal(401)
    const refreshed = (await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token })).body
    expect(await status(refreshed.access_token)).to.equal(200)
    await lever.expireTokens()
    expect(await status(refreshed.access_token)).to.equal(401)
    const again = (await token({ grant_type: 'refresh_token', refresh_token: refreshed.refresh_token })).body
    await lever.revokeGrants()
    expect(await status(again.access_token)).to.equal(401)
    expect((await token({ grant_type: 'refresh_token', refresh_token: again.refresh_token })).status).to.equal(403)
  })

  it('requires the scope of each endpoint; write includes read', async () => {
    const { body } = await grant()
    expect(await status(body.access_token, '/opportunities?limit=1')).to.equal(200)
    expect(await status(body.access_token, '/stages')).to.equal(403)
    expect(await status(body.access_token, '/opportunities?confidentiality=all')).to.equal(403)
    const confidential = (await grant({ scope: `${SCOPES} confidential:access:admin` })).body
    expect(await status(confidential.access_token, '/opportunities?confidentiality=all')).to.equal(200)
  })

  it('logs token requests without their secrets', async () => {
    const { body } = await grant()
    const logged = JSON.stringify(await lever.requests('/oauth/token'))
    expect(logged).to.contain('authorization_code')
    for (const secret of [lever.clientSecret, body.access_token, body.refresh_token]) expect(logged).not.to.contain(secret)
  })
})
