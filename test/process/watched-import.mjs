/**
 * Loaded before the service. Writes to standard error the most processor time between two turns of the event loop, in ms, which does not
 * grow on a busy machine, and the most memory in use, in MB. A link to deadly.example kills the process, as `kill -9` does.
 */
const watch = { cpuMs: 0, rssMb: 0 }
let last = process.cpuUsage()

setInterval(() => {
  const { user, system } = process.cpuUsage(last)
  last = process.cpuUsage()
  watch.cpuMs = Math.max(watch.cpuMs, Math.round((user + system) / 1000))
  watch.rssMb = Math.max(watch.rssMb, Math.round(process.memoryUsage.rss() / 1e6))
}, 5).unref()
setInterval(() => process.stderr.write(`watched ${JSON.stringify(watch)}\n`), 300).unref()
process.on('SIGUSR2', () => Object.assign(watch, { cpuMs: 0, rssMb: 0 }))

const canParse = URL.canParse.bind(URL)
URL.canParse = (url, base) => {
  if (String(url).includes('deadly.example')) process.kill(process.pid, 'SIGKILL')
  return canParse(url, base)
}
