/**
 * `npm run build`: compiles the service for production. `npm run serve` does this automatically if the build is missing or older than the
 * sources.
 */
import { compile } from './compile.mjs'

process.stdout.write(`Compiled: ${await compile()}\n`)
