import { createServer } from 'node:net'

/** Below the ports for outgoing connections, which could take one between the check and its use. */
const [FIRST, COUNT] = [20_000, 12_000]
const TRIES = 50

/** Resolves to a loopback port that is free at this moment. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await canListen(port)) return port
  }
  throw new Error(`None of ${TRIES} ports from ${FIRST} on is free on 127.0.0.1.`)
}

/** Resolves to true if nothing listens on the loopback port at this moment. */
export async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  await new Promise((resolve) => server.close(resolve))
  return listens
}
