/** `npm run serve`: runs the service in production. */
import { setFlagsFromString } from 'node:v8'
import { runCompiled } from './compile.mjs'

// By default, V8 lets the heap grow to four times what is in use before it collects. Twice keeps a process that shows pages near 230 MB
// instead of 340 MB, for a few percent more processor time (`npm run bench -- pages`).
setFlagsFromString('--heap-growing-percent=100')

process.env.NODE_ENV ||= 'production'
await runCompiled('src/main.ts')
