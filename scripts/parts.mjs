/**
 * The application in two parts, so that a run does not begin with reading what the other commands are made of:
 *
 *   app.js    what a plain run, a session, `--check` and `--help` need
 *   more.js   everything else, loaded when it is first asked for
 *
 * What app.js holds follows from the imports: all that its entry reaches by `import … from`, and by `await import()` of a file in
 * AT_HAND. A module is in one part alone, so that its state is; the other part borrows it: `__part(name)`, which the loader
 * in build.mjs gives to each part, answers the modules of a part by their path.
 */
import { relative } from 'node:path'
import { build } from 'esbuild'

const ENTRY = './src/gateway/process.ts'
const AT_HAND =
  /^contracts\/|\/(gateway\/(dispatch|session|check|help|schema-text|flags|render)|commands\/(engine-version|housekeeping|idempotency|run\/run))\.ts$/

/** Build both parts into `folder`; `options` hold for each, and what their plugins resolve belongs to none. */
export async function buildParts(folder, options) {
  const make = (modules, borrow, { exports = '', ...more }) =>
    build({
      ...options,
      ...more,
      stdin: { contents: exports + entryText(modules), resolveDir: '.' },
      plugins: [...options.plugins, borrow.plugin],
    })
  const attach = { exports: `export { attach } from '${ENTRY}'\n` }
  const scan = { write: false, metafile: true, outdir: folder }

  // What app.js holds, and what it asks of the other part.
  const later = borrowing((id, kind) => kind === 'dynamic-import' && !AT_HAND.test(id))
  const { metafile } = await make([], later, { ...scan, ...attach })
  const inApp = id => Object.hasOwn(metafile.inputs, id)
  const rest = [...later.borrowed].filter(id => !inApp(id))

  // What the other part asks of app.js.
  const common = borrowing(inApp)
  await make(rest, common, scan)
  const shared = [...common.borrowed]
  const names = await exportedNames(shared, options)

  const ofMore = borrowing(id => !inApp(id), 'more.js')
  const ofApp = borrowing(inApp, 'app.js', id => names[id])
  await Promise.all([
    make(shared, ofMore, { ...attach, outfile: `${folder}/app.js` }),
    make(rest, ofApp, { outfile: `${folder}/more.js` }),
  ])
}

/** Modules by path, each evaluated when it is first taken. */
function entryText(ids) {
  return `export const modules = {${ids.map(id => `${JSON.stringify(id)}: () => require(${JSON.stringify(`./${id}`)})`)}}\n`
}

/**
 * A plugin that takes the modules for which `isBorrowed` holds out of part `name`, and notes them. Where the names of their exports are
 * known these become variables, which cost nothing to use; else the module is asked at each use.
 */
function borrowing(isBorrowed, name, namesOf = () => undefined) {
  const borrowed = new Set()
  const setup = ({ resolve, onResolve, onLoad }) => {
    onResolve({ filter: /^[^\0]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === borrowed || from.kind === 'entry-point') return
      const found = await resolve(path, { ...from, pluginData: borrowed })
      if (found.external || found.errors.length > 0) return
      const id = relative('.', found.path)
      if (!isBorrowed(id, from.kind)) return
      borrowed.add(id)
      return { path: id, namespace: 'borrowed' }
    })
    onLoad({ filter: /./, namespace: 'borrowed' }, ({ path }) => {
      const module = `__part(${JSON.stringify(name)}).modules[${JSON.stringify(path)}]()`
      const names = namesOf(path)
      return { contents: names === undefined ? `module.exports = ${module}` : `export const { ${names} } = ${module}` }
    })
  }
  return { borrowed, plugin: { name: 'borrowing', setup } }
}

/** What each of these modules exports. */
async function exportedNames(ids, options) {
  const { metafile } = await build({
    ...options,
    entryPoints: ids,
    format: 'esm',
    splitting: true,
    outdir: 'out',
    write: false,
    metafile: true,
    banner: {},
    footer: {},
  })
  return Object.fromEntries(Object.values(metafile.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]))
}
