import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { LeverCallError, type LeverFault } from './lever-call-error.ts'
import { connectFault } from './transport-fault.ts'

/**
 * Opens a separate connection for one write and resolves once it is open (with TLS, if it is secure).
 *
 * Writes do not share the reads' kept-alive connections. If Lever closes such a connection at the wrong moment, a write ends in a reset,
 * and then it is unknown whether it arrived. Since the new connection is opened before the request is even composed, every failure here is
 * certain: nothing was sent.
 * @throws LeverCallError `refused`, `dns`, `tls` or `connect`, never one after which the request may have arrived
 */
export function openConnection(url: URL, options: { call: string; withinMs: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:'
    const socket = secure ? connectTls(endpointOf(url, secure)) : connectTcp(endpointOf(url, secure))
    let reached = false
    const fail = (kind: LeverFault, cause?: unknown): void => {
      clearTimeout(timer)
      socket.removeAllListeners().on('error', () => undefined)
      socket.destroy()
      reject(new LeverCallError({ kind, call: options.call, cause }))
    }
    const timer = setTimeout(() => fail(reached ? 'tls' : 'connect'), Math.max(0, options.withinMs))
    socket.once('error', (error) => fail(connectFault(error, reached), error))
    socket.once('close', () => fail(reached ? 'tls' : 'connect'))
    socket.once('connect', () => (reached = true))
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket
        .removeAllListeners('error')
        .removeAllListeners('close')
        .on('error', () => undefined)
      resolve(socket)
    })
  })
}

function endpointOf(url: URL, secure: boolean) {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { host, port, noDelay: true, ...(secure && isIP(host) === 0 ? { servername: host } : {}) }
}
