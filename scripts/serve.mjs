/** `npm run serve`: runs the service in production. */
import { runCompiled } from './compile.mjs'

process.env.NODE_ENV ||= 'production'
await runCompiled('src/main.ts')
