import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { senderNetwork } from '../../../src/web/shell/client-address.ts'

function from(remoteAddress: string, trustedProxies = 0, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return senderNetwork({ headers, socket: { remoteAddress } } as Pick<IncomingMessage, 'headers' | 'socket'>, trustedProxies)
}

describe('network of a sender', () => {
  it('is an IPv4 address, even if it is mapped into IPv6', () => {
    expect(from('203.0.113.7')).to.equal('203.0.113.7')
    expect(from('::ffff:203.0.113.7')).to.equal('203.0.113.7')
  })

  it('is the /64 of an IPv6 address, however it is written', () => {
    for (const address of ['2001:db8:0:1::5', '2001:DB8:0000:0001:a:b:c:d', '2001:db8::1:0:0:0:9', '2001:db8:0:1:2::%eth0'])
      expect(from(address), address).to.equal('2001:db8:0:1::/64')
    expect(from('::1')).to.equal('::/64')
    expect(from('2001:db8:0:2::5')).not.to.equal(from('2001:db8:0:1::5'))
  })

  it('is the address that the trusted proxy added, without a port, and never one before it', () => {
    expect(from('10.0.0.1', 1, '198.51.100.1, 203.0.113.7')).to.equal('203.0.113.7')
    expect(from('10.0.0.1', 2, '198.51.100.1, 203.0.113.7')).to.equal('198.51.100.1')
    expect(from('10.0.0.1', 1, '203.0.113.7:4711')).to.equal('203.0.113.7')
    expect(from('10.0.0.1', 1, '[2001:db8:0:1::5]:4711')).to.equal('2001:db8:0:1::/64')
  })

  it('is the address of the connection without trusted proxies, or if they added none', () => {
    expect(from('203.0.113.7', 0, '198.51.100.1')).to.equal('203.0.113.7')
    expect(from('203.0.113.7', 1)).to.equal('203.0.113.7')
    expect(from('203.0.113.7', 1, '')).to.equal('203.0.113.7')
  })
})
