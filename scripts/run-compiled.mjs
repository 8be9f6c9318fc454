/** `node scripts/run-compiled.mjs PROGRAM`: runs a program of tsconfig.build.json, for example `scripts/reseal.ts`, compiled. */
import { runCompiled } from './compile.mjs'

await runCompiled(process.argv[2])
