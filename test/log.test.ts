import { expect } from 'chai'
import { createLog, describeError } from '../src/log.ts'
import { ServiceError } from '../src/errors.ts'

const SECRETS = ['accessToken', 'refreshToken', 'access_token', 'refresh_token', 'apiKey', 'authorization', 'cookie', 'clientSecret', 'signatureToken', 'secret', 'token', 'state', 'password', 'email', 'emails', 'name', 'phones', 'body', 'payload', 'note'] // prettier-ignore

function logged(write: (log: ReturnType<typeof createLog>) => void, level = 'trace'): string {
  const lines: string[] = []
  write(createLog({ level, destination: { write: (line) => void lines.push(line) } }))
  return lines.join('')
}

describe('log', () => {
  for (const field of SECRETS) {
    it(`omits ${field} at any of three levels`, () => {
      const text = logged((log) =>
        log.info({ [field]: 'hush-1', connection: { [field]: 'hush-2', grant: { [field]: 'hush-3' } } }, 'event'),
      )

      expect(text).not.to.contain('hush')
      expect(text).to.contain('[redacted]')
    })
  }

  it('keeps the codes of errors, but no OAuth code', () => {
    const text = logged((log) => {
      log.warn({ err: new ServiceError('lever_rejected', 'No.') }, 'refused')
      log.warn({ code: 'ECONNRESET' }, 'reset')
      log.warn({ code: 'Xy9-secret-grant' }, 'callback')
    })

    expect(text).to.contain('lever_rejected').and.to.contain('ECONNRESET').and.not.to.contain('Xy9-secret-grant')
  })

  it('keeps message and stack of an error, but nothing that clients attach to it', () => {
    const error = Object.assign(
      new Error('refused', {
        cause: Object.assign(new Error('reset'), { code: 'ECONNRESET', options: { headers: { authorization: 'hush' } } }),
      }),
      {
        response: { body: 'hush' },
        request: { options: { password: 'hush' } },
        body: 'hush',
      },
    )

    const text = logged((log) => log.error({ err: error }, 'failed'))

    expect(text).not.to.contain('hush')
    expect(text).to.contain('refused').and.to.contain('ECONNRESET')
    expect(describeError('text')).to.deep.equal({ message: 'text' })
    expect(describeError({ secret: 'hush' })).to.deep.equal({ message: 'a value that is not an Error was thrown' })
  })

  it('is one JSON line per event, with time and level, from the configured level', () => {
    const text = logged((log) => {
      log.debug({}, 'quiet')
      log.info({ organization: '1' }, 'loud')
    }, 'info')

    const [line, ...others] = text.trim().split('\n')
    expect(others).to.deep.equal([])
    expect(JSON.parse(line ?? '')).to.include({ level: 'info', organization: '1', msg: 'loud' })
    expect(new Date((JSON.parse(line ?? '') as { time: string }).time).getTime()).to.be.closeTo(Date.now(), 5000)
  })

  it('keeps secrets out of lists, nested objects, and objects with toJSON', () => {
    const text = logged((log) => {
      log.info({ people: [{ email: 'hush-1' }], a: { b: { c: { d: { token: 'hush-2' } } } } }, 'nested')
      log.info({ record: { toJSON: () => ({ id: '1', name: 'hush-3' }) }, at: new Date(0) }, 'written by itself')
    })

    expect(text).not.to.contain('hush')
    expect(text).to.contain('"id":"1"').and.to.contain('1970-01-01T00:00:00.000Z')
  })

  it('logs nothing of a thrown value that is not an error', () => {
    expect(logged((log) => log.warn({ err: { anything: 'hush' } }, 'thrown'))).not.to.contain('hush')
  })
})
