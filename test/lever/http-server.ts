import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A request as it came in, with its whole body. */
export interface SeenRequest {
  method: string
  /** Path and query as sent. */
  target: string
  headers: IncomingMessage['headers']
  body: string
  /** Tells connections apart. */
  clientPort: number
}

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  url: string
  port: number
  seen: SeenRequest[]
  /** Connections accepted so far. */
  connections(): number
  stop(): Promise<void>
}

export type Answer = (response: ServerResponse, request: SeenRequest, count: number) => void

/** A server that answers each request, counted from 1, as the test says. */
export async function startHttpServer(answer: Answer): Promise<TestServer> {
  const seen: SeenRequest[] = []
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request
      const one = { method, target: url, headers, body: Buffer.concat(chunks).toString('utf8'), clientPort: socket.remotePort ?? 0 }
      seen.push(one)
      answer(response, one, seen.length)
    })
  })
  return listen(server, seen)
}

/** A server below HTTP, for what no HTTP server says. */
export function startTcpServer(onConnection: (socket: Socket) => void): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  return listen(server, [])
}

async function listen(server: Server, seen: SeenRequest[]): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers with JSON, an empty body when there is none. */
export function json(response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
