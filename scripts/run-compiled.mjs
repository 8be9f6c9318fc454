/** `node scripts/run-compiled.mjs PROGRAM`: runs one of the programs of `bundle.mjs`, for example `scripts/reseal.ts`, compiled. */
import { runCompiled } from './compile.mjs'

await runCompiled(process.argv[2])
