/** `npm run build`. `npm run serve` does the same if the build is missing or older than the sources. */
import { compile } from './compile.mjs'

process.stdout.write(`Compiled: ${await compile()}\n`)
