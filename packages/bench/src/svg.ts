/**
 * Pictures as text: what the charts have in common. A picture brings its own ground, and colours for a light and for a dark
 * surrounding, since what shows it as an image hands no colours down.
 *
 * @module
 */

/** By their place: our providers, then the others. Told apart by those who see few colours too. */
const LIGHT = ['#0860c4', '#b85c00', '#6e7781', '#1a7f64', '#8250b8', '#a3324f']
const DARK = ['#58a6ff', '#f0a040', '#9aa4ae', '#3fc49a', '#bc8cff', '#ff7b93']

const STYLE = [
  `:root{--ground:#ffffff;--ink:#1f2328;--quiet:#59636e;--line:#d8dee4;${colours(LIGHT)}}`,
  `@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--quiet:#9198a1;--line:#30363d;${colours(DARK)}}}`,
  'text{font:12px system-ui,sans-serif;fill:var(--ink)}.quiet{fill:var(--quiet)}.title{font-weight:600;font-size:14px}',
  '.end{text-anchor:end}.middle{text-anchor:middle}.grid{stroke:var(--line)}',
].join('')

/** A whole picture; `title` is for those who do not see it. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" rx="6" style="fill:var(--ground)"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

/** `look`: words of `quiet`, `title`, `end`, `middle`. */
export function text(x: number, y: number, content: string, look = ''): string {
  return `<text x="${at(x)}" y="${at(y)}"${look === '' ? '' : ` class="${look}"`}>${escaped(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="grid"/>`
}

/** `colour`: its place. */
export function bar(x: number, y: number, width: number, height: number, colour: number): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 1))}" height="${at(height)}" rx="1" style="fill:${colourOf(colour)}"/>`
}

/** A line through points, with a dot on each. */
export function curve(points: readonly (readonly [number, number])[], colour: number, dashed = false): string {
  const path = points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')
  const dash = dashed ? ';stroke-dasharray:5 4' : ''
  const dots = points.map(([x, y]) => `<circle cx="${at(x)}" cy="${at(y)}" r="2.5" style="fill:${colourOf(colour)}"/>`)
  return [`<polyline points="${path}" style="fill:none;stroke-width:1.5;stroke:${colourOf(colour)}${dash}"/>`, ...dots].join('')
}

/** The powers of ten from below the least to above the greatest of the values. */
export function decadesAround(values: readonly number[]): number[] {
  const [first, last] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))]
  return Array.from({ length: Math.max(last - first, 1) + 1 }, (_, i) => 10 ** (first + i))
}

/** 20, 1,500, 0.5. */
export function plain(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

function colourOf(place: number): string {
  return `var(--c${place % LIGHT.length})`
}

function colours(all: readonly string[]): string {
  return all.map((colour, i) => `--c${i}:${colour}`).join(';')
}

/** A tenth of a pixel is enough. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
