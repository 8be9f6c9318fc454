import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const TICK_MS = 10

/** Processor time that a process has used so far, all threads, user and system, in ms; NaN where the system does not tell it so (only Linux does). */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
