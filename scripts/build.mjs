/** `npm run build`: compiles the service for production, which `npm run serve` does by itself where that is missing or older than the sources. */
import { compile } from './compile.mjs'

process.stdout.write(`Compiled: ${await compile()}\n`)
