/** An HTTP endpoint that receives deliveries and returns the given statuses. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from './call-lever.ts'

export interface WebhookReceiver {
  url: string
  bodies: Json[]
  userAgents: (string | undefined)[]
  /** statuses of the next answers; 200 when none is left */
  answers: number[]
  stop(): Promise<void>
}

export async function startReceiver(): Promise<WebhookReceiver> {
  const received: Pick<WebhookReceiver, 'bodies' | 'userAgents' | 'answers'> = { bodies: [], userAgents: [], answers: [] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.bodies.push(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      received.userAgents.push(request.headers['user-agent'])
      response.writeHead(received.answers.shift() ?? 200, { location: '/elsewhere' }).end('thanks')
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    ...received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
