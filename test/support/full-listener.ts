import { connect, type Socket } from 'node:net'
import { setImmediate as afterEvents, setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** Listens and never accepts: once the system's queue is full, who connects gets no answer at all. */
const NEVER_ACCEPTS = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  createServer().listen({ port: workerData, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage('listening')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
const QUEUED_WITHIN_MS = 300

export interface FullListener {
  stop(): Promise<void>
}

/** A port of this machine to which no connection comes about within any time. */
export async function startFullListener(port: number): Promise<FullListener> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true, workerData: port })
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  const queued: Socket[] = []
  for (let isFull = false; !isFull;) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    queued.push(socket)
    const connected = new Promise((resolve) => socket.once('connect', resolve))
    await Promise.race([connected, sleep(QUEUED_WITHIN_MS)])
    await afterEvents() // where this process stood still, the connection may stand and not have been noticed
    isFull = socket.connecting
  }
  return {
    async stop() {
      for (const socket of queued) socket.destroy()
      await worker.terminate()
    },
  }
}
