// What a browser loads at first, and what may be in a module.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('../../../src/ui', import.meta.url))
/** The most JavaScript of a first load, gzipped, in bytes. */
const MOST = 70 * 1024

const read = file => readFileSync(file, 'utf8')

/** The modules that one loads before it runs. */
function imports(file) {
  const found = read(file).matchAll(/^(?:import|export)\b[^'"(]*?['"](\.[^'"]+)['"]/gm)
  return Array.from(found, ([, path]) => join(dirname(file), path))
}

/** A module and all that it needs. */
function closure(file, into = new Set()) {
  if (into.has(file)) return into
  into.add(file)
  for (const it of file.includes('/vendor/') ? [] : imports(file)) closure(it, into)
  return into
}

/** A module as the server sends it: without the lines that are comments. */
const served = text => text.replace(/^[ \t]*\/\*\*[^]*?\*\/[ \t]*/gm, '').replace(/^[ \t]*\/\/.*/gm, '')

const bytesOf = file => gzipSync(file.includes('/vendor/') ? read(file) : served(read(file))).length
const size = files => [...files].reduce((sum, file) => sum + bytesOf(file), 0)

test('the first load of each view keeps within its budget', () => {
  const start = closure(join(ROOT, 'app.js'))
  const views = [...read(join(ROOT, 'app.js')).matchAll(/import\('\.\/(views\/[^']+)'\)/g)].map(([, path]) => path)
  assert.ok(views.length >= 6)
  for (const view of new Set(views)) {
    const bytes = size(closure(join(ROOT, view), new Set(start)))
    console.log(`${view}: ${(bytes / 1024).toFixed(1)} KiB gzipped`)
    assert.ok(bytes <= MOST, `${view}: ${bytes} bytes`)
  }
})

test('modules import what is beside them and nothing else', () => {
  for (const name of readdirSync(ROOT, { recursive: true }).filter(
    it => it.endsWith('.js') && !it.startsWith('vendor'),
  )) {
    const all = read(join(ROOT, name)).matchAll(/\bfrom ['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/g)
    for (const [, named, loaded] of all) {
      const path = named ?? loaded
      assert.ok(path.startsWith('.'), `${name}: ${path}`)
      assert.ok(join(ROOT, dirname(name), path).startsWith(ROOT), `${name}: ${path}`)
    }
  }
})
