import { createServer } from 'node:net'

/** Below the range that systems use for outgoing connections, so that a port is still free after its process was killed. */
const [LEAST, MOST] = [20_000, 29_999] as const
const TRIES = 50

/** Resolves to a loopback port for a process that is killed and restarts on it. */
export async function steadyPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = LEAST + Math.floor(Math.random() * (MOST - LEAST + 1))
    if (await isFree(port)) return port
  }
  throw new Error(`no port from ${LEAST} to ${MOST} is free`)
}

/** Resolves to true if nothing listens on the port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
