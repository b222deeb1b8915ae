import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'

/** An entry of the core as one file, for pages that use no bundler. */
const browser = (name, input) => ({
  input: `packages/core/dist/${input}.js`,
  output: { file: `packages/core/dist/browser/${name}.js`, format: 'es' },
  plugins: [terser({ module: true })],
})

export default [
  browser('core', 'index'),
  browser('classic', 'classic/index'),
  {
    // The command line as one file that needs nothing installed beside it.
    input: 'packages/cli/dist/main.js',
    output: { file: 'packages/cli/dist/itemseal.js', format: 'es' },
    external: /^node:/,
    plugins: [resolve()],
  },
]
