// Bundles each entry alone; fails when one is over its budget, reaches for the AWS SDK, or holds a word of another format.
import { bundled, ENTRIES, HEAD, line, problemsOf } from './bundle.mjs'

console.log(HEAD)
for (const entry of ENTRIES) {
  const bundle = await bundled(entry)
  console.log(line(entry.name, bundle, entry.budget))
  for (const problem of problemsOf(entry, bundle)) {
    console.error(`bundle-report: ${problem}`)
    process.exitCode = 1
  }
}
