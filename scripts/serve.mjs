/** `npm run serve`: runs the service from compiled JavaScript, compiling it first if the build is missing or older than the sources. */
import { pathToFileURL } from 'node:url'
import { compileIfStale } from './compile.mjs'

process.env.NODE_ENV ||= 'production'
process.setSourceMapsEnabled(true)
const main = await compileIfStale().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
await import(pathToFileURL(main).href)
