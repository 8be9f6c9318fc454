import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Connections that may wait to be accepted, within the system's limit: a thousand deliveries may arrive at once. */
const WAITING_CONNECTIONS = 4096

/**
 * Resolves to the URL that the server listens on.
 * @throws Error that says why it cannot listen and what to change
 */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    server.listen({ port, host, backlog: WAITING_CONNECTIONS }, resolve)
  })
  const address = server.address() as AddressInfo
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is in use: stop the program that listens there, or set PORT to a free one.`, { cause: error })
  }
  if (error.code === 'EACCES') return new Error(`Port ${port} needs more rights: set PORT to one above 1023.`, { cause: error })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return new Error(`HOST ${host} is not an address of this machine.`, { cause: error })
  return error
}

/** Closes idle connections at once and gives running requests at most `graceMs` to finish. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(force)
}
