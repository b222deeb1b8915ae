// Compiles every TypeScript block of the READMEs and every `@example`, each as a module of its own, against the built packages.
// What a block neither declares nor imports is an export of ours (of the package it stands in, if that has one of the name),
// or one of the names in `examples.d.ts`. And checks the types that are published, as a project for Node sees them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const FENCED = { start: /^ *```(?:ts|js)\b/gm, whole: /^( *)```(?:ts|js)\n(?<code>[\s\S]*?)^\1```/gm }
const EXAMPLE = {
  start: /\* @example/g,
  whole: /^ *\* @example\n(?<code>(?: *\*(?!\/)(?! @).*\n)+)/gm,
  clean: (code) => code.replace(/^ *\* ?/gm, ''),
}
const GIVEN = join(root, 'scripts/examples.d.ts')

const { options } = ts.convertCompilerOptionsFromJson(
  {
    ...ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config.compilerOptions,
    customConditions: [],
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noEmit: true,
    moduleDetection: 'legacy', // else there would be no globals
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: ['node'],
  },
  root,
)
const virtual = new Map([[join(root, 'given.ts'), { file: GIVEN, line: 1, code: readFileSync(GIVEN, 'utf8') }]]) // declaration files are not checked
const host = ts.createCompilerHost(options)
const { fileExists, readFile } = host
host.fileExists = (file) => virtual.has(file) || fileExists(file)
host.readFile = (file) => virtual.get(file)?.code ?? readFile(file)

const packages = readdirSync(join(root, 'packages'))
  .map((folder) => ({ folder: join(root, 'packages', folder), manifest: join(root, 'packages', folder, 'package.json') }))
  .filter(({ manifest }) => existsSync(manifest))
  .map(({ folder, manifest }) => ({ folder, ...JSON.parse(readFileSync(manifest, 'utf8')) }))
const entries = packages.flatMap(({ folder, name, exports = {} }) =>
  Object.entries(exports).map(([entry, { types }]) => ({ folder, specifier: name + entry.slice(1), types: types && join(folder, types) })),
)
const library = ts.createProgram(
  entries.flatMap(({ types }) => types ?? []),
  options,
  host,
)
const exported = entries.flatMap(({ folder, specifier, types }) => {
  const module = types && library.getTypeChecker().getSymbolAtLocation(library.getSourceFile(types))
  const symbols = module ? library.getTypeChecker().getExportsOfModule(module) : []
  return symbols.map((symbol) => ({ folder, specifier, name: symbol.name, kind: isType(symbol) ? 'type ' : '' }))
})

/** The block as a module. It stays on its lines: what is put before it goes to its first. */
function add(folder, file, line, code) {
  const known = declared(code)
  const ours = [...exported].sort((a, b) => Number(b.folder === folder) - Number(a.folder === folder))
  const imports = ours.filter(({ name }, i) => {
    if (known.has(name) || ours.findIndex((other) => other.name === name) !== i) return false
    return new RegExp(`(?<![\\w']|(?<!\\.)\\.)${name}\\b(?!\\??:)`).test(code)
  })
  const head = imports.map(({ kind, name, specifier }) => `import { ${kind}${name} } from '${specifier}'; `).join('')
  virtual.set(`${file}.${line}.ts`, { file, line, code: `${head}export {}; ${code}` })
}

function isType(symbol) {
  const { flags } = symbol.flags & ts.SymbolFlags.Alias ? library.getTypeChecker().getAliasedSymbol(symbol) : symbol
  return (flags & ts.SymbolFlags.Value) === 0
}

/** Names that a block imports or declares at its top. */
function declared(code) {
  const bound = (name) => (ts.isIdentifier(name) ? [name.text] : name.elements.flatMap((element) => bound(element.name)))
  const { statements } = ts.createSourceFile('block.ts', code, ts.ScriptTarget.Latest)
  const names = statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement)) return statement.importClause.namedBindings.elements.map(({ name }) => name.text)
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => bound(name))
    return ts.isFunctionDeclaration(statement) ? bound(statement.name) : []
  })
  return new Set(names)
}

function blocks(folder, file, { start, whole, clean = (code) => code }) {
  if (!existsSync(file)) return
  const text = readFileSync(file, 'utf8')
  const found = [...text.matchAll(whole)]
  if (found.length !== (text.match(start) ?? []).length) throw new Error(`check-examples: ${relative(root, file)}: an example has no end`)
  for (const match of found) add(folder, file, text.slice(0, match.index).split('\n').length + 1, clean(match.groups.code))
}

blocks(root, join(root, 'README.md'), FENCED)
for (const { folder } of packages) {
  blocks(folder, join(folder, 'README.md'), FENCED)
  if (!existsSync(join(folder, 'src'))) continue
  for (const name of readdirSync(join(folder, 'src'), { recursive: true }).filter((entry) => entry.endsWith('.ts')))
    blocks(folder, join(folder, 'src', name), EXAMPLE)
}

const program = ts.createProgram([...virtual.keys()], options, host, library)
report(ts.getPreEmitDiagnostics(program))

// Most projects for Node are without types of the DOM: there, a name of these in ours would silently be `any`.
const published = packages.filter(({ private: own }) => !own).map(({ folder }) => folder)
const nodeOnly = ts.createProgram(
  entries.flatMap(({ folder, types }) => (types && published.includes(folder) ? types : [])),
  { ...options, lib: ['lib.es2022.d.ts'], skipLibCheck: false },
)
report(ts.getPreEmitDiagnostics(nodeOnly).filter(({ file }) => published.some((folder) => file?.fileName.startsWith(folder))))

function report(diagnostics) {
  for (const { file: source, start, messageText } of diagnostics) {
    const block = source && virtual.get(source.fileName)
    const where = source
      ? `${relative(root, block?.file ?? source.fileName)}:${source.getLineAndCharacterOfPosition(start).line + (block?.line ?? 1)}`
      : ''
    console.error(`check-examples: ${where} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
    process.exitCode = 1
  }
}
