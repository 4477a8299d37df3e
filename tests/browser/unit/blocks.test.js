// Markdown that is still being written: what has ended is never looked at again.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Blocks } from '../../../src/ui/lib/blocks.js'

const PART = [
  '## A heading\n\n',
  'A paragraph\nof two lines.\n\n',
  '```js\nconst a = 1\n\nconst b = 2\n```\n\n',
  '- one\n- two\n\n  with more\n- three\n\n',
  '| a | b |\n|---|---|\n| 1 | 2 |\n\n',
  '> quoted\n\n',
].join('')

/** Splits a text that comes in pieces of a size. @returns the blocks, and how much was to be rendered at each piece */
function split(text, size) {
  const blocks = new Blocks()
  const ended = []
  const work = []
  for (let at = 0; at < text.length; at += size) {
    const more = blocks.push(text.slice(at, at + size))
    ended.push(...more)
    work.push(more.join('').length + blocks.tail.length)
  }
  return { all: [...ended, blocks.tail], work }
}

describe('a text that is being written', () => {
  it('has the same blocks in whatever pieces it comes', () => {
    const { all } = split(PART, PART.length)
    assert.equal(all.length, 6)
    for (let size = 1; size < PART.length; size++) assert.deepEqual(split(PART, size).all, all, `pieces of ${size}`)
  })

  it('has all of itself in them', () => {
    const text = PART.repeat(3)
    const said = it => it.replace(/\n+/g, '\n')
    assert.equal(said(split(text, 7).all.join('')), said(text))
  })

  it('takes no more work for a piece when it is a hundred times as long', () => {
    const most = times => Math.max(...split(PART.repeat(times), 7).work)
    assert.equal(most(1000), most(10))
    assert.ok(most(1000) < 200, `${most(1000)} characters`)
  })

  it('keeps a fence and a list whole, however many blank lines they have', () => {
    for (const whole of [
      '```\na\n\n\nb\n```\n',
      '1. a\n\n\n   b\n\n2. c\n',
      '- a\n\n  ```\n  x\n\n  y\n  ```\n- b\n',
    ]) {
      const { all } = split(`${whole}\nAnd after.\n`, 3)
      assert.deepEqual(
        all.map(it => it.trim()),
        [whole.trim(), 'And after.'],
      )
    }
  })
})
