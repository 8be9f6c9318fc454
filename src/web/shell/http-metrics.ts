import { Histogram, type Registry } from 'prom-client'
import type { ServedRequest } from './request-log.ts'

/** Counts and times requests by method, route pattern and status. */
export function createHttpMetrics(registry: Registry): (request: ServedRequest) => void {
  const durations = new Histogram({
    name: 'fulcrum_http_request_duration_seconds',
    help: 'Time to answer HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  })
  return ({ method, route, status, durationMs }) => durations.observe({ method, route, status }, durationMs / 1000)
}
