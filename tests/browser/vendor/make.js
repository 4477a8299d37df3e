// Makes src/ui/vendor: the libraries of the page, each bundled into one module, and the icons as one sprite.
// Run on upgrades only (npm run vendor); with --check it says whether the committed files are what it makes.
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const here = new URL('.', import.meta.url)
const target = new URL('../../../src/ui/vendor/', here)
const modules = new URL('../node_modules/', here)

/** Which libraries a module is made of. */
const BUNDLES = {
  'ui.js': ['preact', '@preact/signals', '@preact/signals-core', 'htm'],
  'md.js': ['marked', 'dompurify'],
  'hl.js': ['highlight.js'],
  'qr.js': ['uqr'],
}

/** The icons of the page, by their names in lucide. */
const ICONS = [
  'anchor', 'archive', 'arrow-down', 'bell', 'bot', 'brain', 'check', 'chevron-down', 'chevron-left', 'chevron-right',
  'circle', 'circle-alert', 'circle-dashed', 'circle-dot', 'circle-help', 'clock', 'copy', 'ellipsis', 'eye',
  'file-pen', 'file-text', 'globe', 'hand', 'history', 'inbox', 'keyboard', 'list-checks', 'log-out', 'menu',
  'message-square', 'monitor', 'moon', 'move', 'pause', 'pencil', 'play', 'plus', 'qr-code', 'refresh-cw', 'reply',
  'rotate-ccw', 'search', 'send', 'settings', 'share-2', 'shield-alert', 'square', 'sun', 'terminal', 'trash-2',
  'undo-2', 'user', 'user-plus', 'users', 'wrench', 'x',
]

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')
const read = (path, from = modules) => readFile(new URL(path, from), 'utf8')

async function library(name) {
  const { version, license } = JSON.parse(await read(`${name}/package.json`))
  return { name, version, license }
}

async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [new URL(name, here).pathname],
    bundle: true,
    tsconfigRaw: '{}',
    format: 'esm',
    legalComments: 'none',
    minify: true,
    target: 'es2024',
    write: false,
  })
  return Buffer.from(outputFiles[0].contents)
}

async function sprite() {
  const symbol = async name => {
    const text = await read(`lucide-static/icons/${name}.svg`)
    const inside = text.slice(text.indexOf('>', text.indexOf('<svg')) + 1, text.lastIndexOf('</svg>'))
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, '')}</symbol>`
  }
  const symbols = await Promise.all(ICONS.map(symbol))
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`
}

async function licences(libraries) {
  const text = async ({ name, version, license }) => {
    const file = (await readdir(new URL(`${name}/`, modules))).find(it => /^licen[cs]e(\.\w+)?$/i.test(it))
    return `${name} ${version} (${license})\n\n${(await read(`${name}/${file}`)).trim()}\n`
  }
  return (await Promise.all(libraries.map(text))).join(`\n${'-'.repeat(80)}\n\n`)
}

async function everything() {
  const files = new Map()
  const manifest = {}
  for (const [file, names] of Object.entries(BUNDLES)) {
    const bytes = await bundle(file)
    files.set(file, bytes)
    const types = file.replace('.js', '.d.ts')
    files.set(types, Buffer.from(await read(types, here)))
    manifest[file] = { of: await Promise.all(names.map(library)), sha256: sha256(bytes) }
  }
  const icons = Buffer.from(await sprite())
  files.set('icons.svg', icons)
  manifest['icons.svg'] = { of: [await library('lucide-static')], sha256: sha256(icons) }
  const libraries = Object.values(manifest).flatMap(it => it.of)
  files.set('LICENSES.txt', Buffer.from(await licences(libraries)))
  files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
  return files
}

const isCheck = process.argv.includes('--check')
const files = await everything()
await mkdir(target, { recursive: true })
for (const [name, bytes] of files) {
  const place = new URL(name, target)
  if (!isCheck) await writeFile(place, bytes)
  else if (!bytes.equals(await readFile(place).catch(() => Buffer.alloc(0)))) {
    console.error(`src/ui/vendor/${name} is not what this script makes: npm run vendor in tests/browser`)
    process.exitCode = 1
  }
  if (!isCheck) console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`)
}
