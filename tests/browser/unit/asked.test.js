// What the page makes of what programs send, and of what people write for tools.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parametersOf, partsOf, skeleton } from '../../../src/ui/lib/json.js'
import { anyOf } from '../../../src/ui/lib/names.js'

test('details of any shape are shown whole: a few parts by their names, all else as JSON', () => {
  assert.deepEqual(partsOf({}), [])
  assert.deepEqual(partsOf(null), [])
  assert.deepEqual(partsOf({ commit: '0dbc4f', notes: 'one\ntwo', sizes: [1, 2], is: false }), [
    { name: 'commit', text: '0dbc4f' },
    { name: 'notes', text: 'one\ntwo' },
    { name: 'sizes', text: '[\n  1,\n  2\n]' },
    { name: 'is', text: 'false' },
  ])
  assert.deepEqual(partsOf('a text'), [{ name: '', text: 'a text' }])
  assert.deepEqual(partsOf([1]), [{ name: '', text: '[\n  1\n]' }])
  assert.deepEqual(partsOf({ 'a\u202eb': '' }), [{ name: 'a⟨U+202E⟩b', text: '' }])
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`k${n}`, n]))
  assert.deepEqual(partsOf(many), [{ name: '', text: JSON.stringify(many, null, 2) }])
})

test('those who may decide are named as people name them', () => {
  assert.equal(anyOf([]), 'an admin')
  assert.equal(anyOf(['Ana']), 'Ana or an admin')
  assert.equal(anyOf(['Ana', 'S\u200bam']), 'Ana, S⟨U+200B⟩am or an admin')
})

test('a tool begins with what its schema names, and nothing at all is null', () => {
  const properties = {
    n: { type: 'integer', default: 3 },
    s: { type: 'string' },
    b: { type: 'boolean' },
    x: {},
    y: null,
  }
  assert.deepEqual(JSON.parse(skeleton({ properties })), { n: 3, s: '', b: false, x: null, y: null })
  for (const odd of [null, {}, { properties: 7 }, { properties: null }]) assert.equal(skeleton(odd), '{}')
  assert.equal(parametersOf('  \n'), null)
  assert.deepEqual(parametersOf('[1]'), [1])
  assert.throws(() => parametersOf('{a: 1}'), SyntaxError)
})
