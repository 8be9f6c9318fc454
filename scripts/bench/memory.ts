import { readFile } from 'node:fs/promises'

/** Resolves to the resident memory of a process in MB; NaN on systems other than Linux. */
export async function memoryMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
}
