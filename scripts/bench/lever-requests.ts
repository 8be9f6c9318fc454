import type { LeverProcess } from './ground.ts'

/** A request as the local Lever's control interface shows it. */
export interface LeverRequest {
  /** ms since the epoch */
  at: number
  method: string
  path: string
  query: Record<string, string | string[]>
  body: { emails?: string[] } | null
  status: number | null
}

/** All requests since the last {@link forgetRequests}, oldest first. */
export async function leverRequests({ control }: LeverProcess): Promise<LeverRequest[]> {
  return (await control.get<{ data: LeverRequest[] }>('requests')).data
}

export async function forgetRequests({ control }: LeverProcess): Promise<void> {
  await control.send('DELETE', 'requests')
}
