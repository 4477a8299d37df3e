// What a change takes away and adds.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changeRows, compare, counts, patchRows } from '../../../src/ui/lib/diff.js'

const signs = rows => rows.map(({ kind, text }) => `${{ add: '+', del: '-', same: ' ', gap: '…' }[kind]}${text}`)

describe('a change', () => {
  it('keeps what is the same in order, and gives both sides back', () => {
    const [before, after] = ['a b c d e'.split(' '), 'a x c e f'.split(' ')]
    const rows = compare(before, after)
    assert.deepEqual(signs(rows), [' a', '-b', '+x', ' c', '-d', ' e', '+f'])
    assert.deepEqual(
      rows.filter(it => it.kind !== 'add').map(it => it.text),
      before,
    )
    assert.deepEqual(
      rows.filter(it => it.kind !== 'del').map(it => it.text),
      after,
    )
  })

  it('leaves out what is far away, and says so', () => {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`)
    const other = lines.with(1, 'first').with(18, 'last')
    const rows = changeRows({ oldText: lines.join('\n'), newText: other.join('\n') })
    assert.deepEqual(counts(rows), { add: 2, del: 2 })
    assert.equal(rows.filter(it => it.kind === 'gap').length, 1)
  })

  it('shows what has no line of its own', () => {
    assert.deepEqual(signs(changeRows({ oldText: 'a\n', newText: 'a' })), ['…Only the line break at its end'])
    assert.deepEqual(signs(changeRows({ oldText: null, newText: '' })), ['…An empty file'])
    assert.deepEqual(changeRows({ oldText: 'a\n', newText: 'a\n' }), [])
  })

  it('of a size that takes too long is shown as replaced, and whole', () => {
    const before = Array.from({ length: 3000 }, (_, n) => `a${n}`)
    const after = Array.from({ length: 3000 }, (_, n) => `b${n}`)
    assert.deepEqual(counts(compare(before, after)), { add: 3000, del: 3000 })
  })

  it('that was sent as a patch is shown as it was written', () => {
    const rows = patchRows('--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same\n')
    assert.deepEqual(signs(rows), ['…--- a', '…+++ b', '…@@ -1 +1 @@', '-old', '+new', ' same'])
    const tricky = patchRows(
      '--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- sql comment\n+++ evil\n same\n\\ No newline at end of file\n',
    )
    assert.deepEqual(signs(tricky).slice(2), [
      '…@@ -1,2 +1,2 @@',
      '--- sql comment',
      '+++ evil',
      ' same',
      '…\\ No newline at end of file',
    ])
    assert.deepEqual(signs(patchRows('+no heading\n-at all')), ['+no heading', '-at all'])
  })
})
