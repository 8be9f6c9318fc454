/** Sends signed webhooks over plain sockets, since a complete HTTP client would use processor time that the measured server needs. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IntakeLoad, LoadResult } from './intake-load.ts'
import { readGiven, tell } from './program.ts'
import { quantile } from './quantiles.ts'
import { signedBody } from './webhook-bodies.ts'

/** More than any server that stores them can accept here. */
const MADE_PER_SECOND = 10_000

const load = readGiven() as IntakeLoad
const times: number[] = []
const due: number[] = []
const free: Socket[] = []
/** Made before the clock starts, so that signing does not disturb the measurement; any more are made during the run. */
const ready = Array.from({ length: Math.ceil(load.seconds * MADE_PER_SECOND) }, signedRequest)
const sentAt = new WeakMap<Socket, number>()
let refused = 0
let isOver = false

const cpuBefore = process.cpuUsage()
const sockets = await Promise.all(Array.from({ length: load.connections }, open))
const startedAt = performance.now()
for (const socket of sockets) offer(socket)
if (load.perSecond !== undefined) await arrive(load.perSecond)
else await sleep(load.seconds * 1000)
isOver = true
const tookMs = performance.now() - startedAt
const used = process.cpuUsage(cpuBefore)
const result: LoadResult = {
  accepted: times.length,
  refused,
  perSecond: (times.length * 1000) / tookMs,
  p50Ms: quantile(times, 0.5),
  p99Ms: quantile(times, 0.99),
  cpuMs: (used.user + used.system) / 1000,
}
await tell(result)
for (const socket of sockets) socket.destroy()
process.exit(0)

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
      if (!isWhole(text)) return
      note(socket, text.startsWith('HTTP/1.1 200 '))
      text = ''
      if (!isOver) offer(socket)
    })
    socket.on('error', (error) => (isOver ? undefined : reject(error)))
  })
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(text) ?? []
  return text.length >= end + 4 + Number(length)
}

function note(socket: Socket, isAccepted: boolean): void {
  if (isOver) return
  if (isAccepted) times.push(performance.now() - (sentAt.get(socket) ?? 0))
  else refused += 1
}

/** A free connection sends what is due, or waits. */
function offer(socket: Socket): void {
  if (load.perSecond === undefined) return send(socket, performance.now())
  const next = due.shift()
  if (next === undefined) free.push(socket)
  else send(socket, next)
}

function send(socket: Socket, dueAt: number): void {
  const request = ready.pop() ?? signedRequest()
  sentAt.set(socket, dueAt)
  socket.write(request, 'latin1')
}

function signedRequest(): string {
  const body = signedBody(load.signatureToken)
  return `POST ${load.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** Schedules arrivals evenly, as far as timers allow. */
async function arrive(perSecond: number): Promise<void> {
  let arrived = 0
  while (performance.now() - startedAt < load.seconds * 1000) {
    const wanted = ((performance.now() - startedAt) / 1000) * perSecond
    for (; arrived < wanted; arrived += 1) {
      const dueAt = startedAt + (arrived * 1000) / perSecond
      const socket = free.pop()
      if (socket) send(socket, dueAt)
      else due.push(dueAt)
    }
    await sleep(1)
  }
}
