import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** The programs in the build: the service, the local Lever and the operators' commands. Tests also start them as processes. */
export const PROGRAMS = ['src/main.ts', 'scripts/sandbox.ts', 'scripts/reseal.ts', 'scripts/after-restore.ts']

/**
 * Packages that are not bundled: one with native code, one that starts a worker thread from its own file, and those that a module loaded by
 * `--import` may instrument, such as telemetry or the tests that kill processes.
 */
const NOT_BUNDLED = ['@node-rs/argon2', 'pino', 'mongodb', 'mongoose', 'koa', '@koa/router']

/** A minimal source map that maps only the first line. It replaces each package's map, because those use more memory than our own. */
const SHORT_MAP = Buffer.from(JSON.stringify({ version: 3, sources: ['package'], mappings: 'AAAA' })).toString('base64')

/**
 * Compiles the programs together with the packages that they import, which nearly halves the processor time of a start. Each program keeps its
 * path: `src/main.ts` becomes `src/main.js` in `folder`. Source maps cover our own files.
 * @throws Error with esbuild's messages
 */
export async function bundle(root, folder) {
  const { build, stop } = await import('esbuild')
  try {
    await build(buildOptions(root, folder))
  } finally {
    await stop() // ends esbuild's background process
  }
}

function buildOptions(root, folder) {
  return {
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: folder,
    outbase: '.',
    chunkNames: 'src/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: NOT_BUNDLED,
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" }, // for CommonJS packages
    minifyWhitespace: true,
    keepNames: true, // some packages rely on class names
    legalComments: 'none',
    sourcemap: true,
    sourcesContent: false,
    plugins: [{ name: 'sources', setup: (build) => plugIn(root, build) }],
    logLevel: 'silent',
  }
}

/**
 * A package that our own code loads by `await import` stays in node_modules, because a bundled CommonJS package has no named exports for
 * `await import`.
 */
function plugIn(root, build) {
  build.onLoad({ filter: /\.([cm]?js|tsx?)$/ }, (file) => loadSource(root, file))
  build.onResolve({ filter: /^[^.]/ }, ({ kind, importer }) =>
    kind === 'dynamic-import' && !isPackage(importer) ? { external: true } : null,
  )
}

const isPackage = (path) => path.includes(`${sep}node_modules${sep}`)

async function loadSource(root, { path }) {
  const text = await readFile(path, 'utf8')
  const contents = isPackage(path)
    ? `${text}\n//# sourceMappingURL=data:application/json;base64,${SHORT_MAP}`
    : withOwnAddress(text, relative(root, path))
  return { contents, loader: 'default' }
}

/**
 * Makes `import.meta` refer to the source's path within the build, which has copies of the files next to it. This works because every
 * compiled file is exactly one folder deep.
 * @throws Error for the names that would be those of the compiled file
 */
function withOwnAddress(text, path) {
  if (/\bimport\.meta\.(filename|resolve)\b/.test(text)) throw new Error(`${path}: use import.meta.url or import.meta.dirname instead`)
  const address = join('..', path).replaceAll(sep, '/')
  return text
    .replaceAll('import.meta.url', `new URL('${address}', import.meta.url).href`)
    .replaceAll('import.meta.dirname', `(import.meta.dirname + '/${address.slice(0, address.lastIndexOf('/'))}')`)
}
