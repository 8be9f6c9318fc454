import { connect, createServer, type Server, type Socket } from 'node:net'
import { startFullListener, type FullListener } from '../../support/full-listener.ts'

/** A way to the local Lever that can be closed, and opened again. */
export class WayToLever {
  readonly port: number
  readonly #target: number
  #server: Server | null = null
  #full: FullListener | null = null
  #beforeRequest: (bytes: Buffer) => Promise<void> = async () => undefined
  readonly #sockets = new Set<Socket>()

  constructor(port: number, target: number) {
    this.port = port
    this.#target = target
  }

  async open(): Promise<void> {
    await this.#full?.stop()
    const server = createServer((incoming) => {
      const outgoing = connect(this.#target, '127.0.0.1')
      for (const socket of [incoming, outgoing]) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => this.#sockets.delete(socket))
      }
      incoming.on('data', (bytes: Buffer) => void this.#beforeRequest(bytes).then(() => outgoing.write(bytes)))
      incoming.on('end', () => outgoing.end())
      outgoing.pipe(incoming)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.#server = server
  }

  /** From the first request that has these words on, no new connection comes about; those that stand go on. */
  fillUpAt(words: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#beforeRequest = async (bytes) => {
        if (!bytes.includes(words)) return
        this.#beforeRequest = async () => undefined
        this.#server?.close()
        this.#full = await startFullListener(this.port).catch((error: unknown) => {
          reject(error)
          return null
        })
        resolve()
      }
    })
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([closed, this.#full?.stop()])
  }
}
