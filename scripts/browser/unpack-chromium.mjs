/**
 * `packaged-chromium.ts` runs this as a separate process, since the package unpacks into the temporary folder (`TMPDIR`) and, if
 * `AWS_LAMBDA_JS_RUNTIME` is set when it is loaded, includes the libraries that a bare machine lacks.
 */
import chromium from '@sparticuz/chromium'

await chromium.executablePath()
