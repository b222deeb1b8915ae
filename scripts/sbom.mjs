// `npm run sbom`: a CycloneDX bill of what is published and of what that installs, on standard output: no tool that only
// builds or tests.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PUBLISHED } from './packages.mjs'

const bill = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  }),
)
const root = bill.metadata.component['bom-ref']
const refOf = ({ name, version }) => `${name}@${version}`
const own = new Map(PUBLISHED.map(({ manifest }) => [refOf(manifest), Object.keys(manifest.dependencies ?? {})]))
/** Of our own packages npm tells what they are tested with too. */
const edges = new Map(
  bill.dependencies.map(({ ref, dependsOn = [] }) => [
    ref,
    dependsOn.filter((next) => own.get(ref)?.includes(next.slice(0, next.lastIndexOf('@'))) ?? true),
  ]),
)

const reached = new Set()
const visit = (ref) => {
  if (reached.has(ref)) return
  reached.add(ref)
  for (const next of edges.get(ref) ?? []) visit(next)
}
for (const ref of own.keys()) visit(ref)

const dependencies = [{ ref: root, dependsOn: [...own.keys()] }, ...[...reached].map((ref) => ({ ref, dependsOn: edges.get(ref) ?? [] }))]
const components = bill.components.filter((component) => reached.has(component['bom-ref'])).map(named)
if (components.length !== reached.size) throw new Error('a published package, or what it depends on, is not in the bill')
const component = named(bill.metadata.component)
console.log(JSON.stringify({ ...bill, metadata: { ...bill.metadata, component }, components, dependencies }, null, 2))

/** For a folder of this repository npm says the folder's name. */
function named(component) {
  const ref = component['bom-ref']
  return { ...component, name: ref.slice(0, ref.lastIndexOf('@')) }
}
