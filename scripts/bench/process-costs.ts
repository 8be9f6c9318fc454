import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, whatever the kernel's tick. */
const TICK_MS = 10

/**
 * Resolves to the processor time that a process has used so far, all threads, user and system, in ms; NaN on systems other than Linux,
 * which do not report it this way.
 */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Resolves to the memory that a process occupies, in MB; NaN on systems other than Linux. */
export async function memoryMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024
}
