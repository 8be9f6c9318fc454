/**
 * Run by `packaged-chromium.ts` as a process of its own, since the package unpacks into the temporary folder (`TMPDIR`) and, with
 * `AWS_LAMBDA_JS_RUNTIME` set when it is loaded, brings the libraries that a bare machine lacks.
 */
import chromium from '@sparticuz/chromium'

await chromium.executablePath()
