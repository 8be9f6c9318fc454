import { expect } from 'chai'
import { grantClocks } from '../../src/connection/grant.ts'

type Given = Parameters<typeof grantClocks>[0]

const at = (day: string) => new Date(`${day}T00:00:00Z`)

describe('clocks of a grant', () => {
  it('are those of the access token, of the unused refresh token, and of the authorization', () => {
    const auth = { kind: 'oauth', authorizedAt: at('2026-01-01') }
    const grant = { accessTokenExpiresAt: at('2026-03-02'), obtainedAt: at('2026-03-01') }

    expect(grantClocks({ auth, grant } as Given)).to.deep.equal({
      accessTokenExpiresAt: at('2026-03-02'),
      idleEndsAt: at('2026-05-30'),
      endsAt: at('2027-01-01'),
    })
  })

  it('do not exist for an API key', () => {
    const given = { auth: { kind: 'apiKey' }, grant: { obtainedAt: at('2026-03-01') } } as Given

    expect(grantClocks(given)).to.deep.equal({ accessTokenExpiresAt: null, idleEndsAt: null, endsAt: null })
  })
})
