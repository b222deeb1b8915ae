// What each package exports, as its built declarations have it, in `packages/*/api.md`: a change of it is seen in review.
// Fails when a report is not up to date (`npm run api` accepts), and for an export without a doc comment.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { kept, PUBLISHED } from './packages.mjs'

const DOCUMENTED = ['core', 'dynamodb', 'kms', 'node', 'noble']
const OPTIONS = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022 }

const entries = PUBLISHED.flatMap(({ folder, path, manifest }) =>
  Object.entries(manifest.exports).map(([entry, { types }]) => {
    const name = manifest.name + entry.slice(1)
    return { folder, path, name, file: fileURLToPath(new URL(types, path)) }
  }),
)
const program = ts.createProgram({ rootNames: entries.map(({ file }) => file), options: { ...OPTIONS, types: [], noLib: true } })
const checker = program.getTypeChecker()
const printer = ts.createPrinter({ removeComments: true })
const problems = new Set()

for (const { folder, path, manifest } of PUBLISHED) {
  const parts = entries.filter((entry) => entry.folder === folder).map(({ name, file }) => `## ${name}\n\n${reportOf(name, folder, file)}`)
  const report = `# API of ${manifest.name}\n\nMade by \`npm run api\`.\n\n${parts.join('\n')}`
  if (!kept(new URL('api.md', path), report, writeFileSync))
    problems.add(`packages/${folder}/api.md: the API has changed: run \`npm run api\` to accept`)
}
for (const problem of problems) console.error(`api-report: ${problem}`)
if (problems.size > 0) process.exit(1)

function reportOf(name, folder, file) {
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
  const declared = exported
    .map((symbol) => ({ name: symbol.name, symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return declared.map(({ name: exportedAs, symbol }) => declarationOf(`${name}: ${exportedAs}`, folder, exportedAs, symbol)).join('')
}

function declarationOf(title, folder, name, symbol) {
  const declarations = symbol.declarations ?? []
  if (declarations.length === 0) problems.add(`${title} has no declaration`)
  const isOurs = declarations.some((declaration) => declaration.getSourceFile().fileName.includes(`/packages/${folder}/`))
  if (!isOurs && declarations.length > 0) return `\`${name}\`: of another package\n\n`
  if (DOCUMENTED.includes(folder) && symbol.getDocumentationComment(checker).length === 0 && tagsOf(symbol).length === 0)
    problems.add(`${title} has no doc comment`)
  return `\`\`\`ts\n${declarations.map(textOf).join('\n')}\n\`\`\`\n\n`
}

function tagsOf(symbol) {
  return symbol.getJsDocTags(checker)
}

/** A variable's declaration is the statement around it. */
function textOf(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile())
}
