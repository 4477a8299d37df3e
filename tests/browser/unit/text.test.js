// What hides in a text is seen.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exact, plain, shown } from '../../../src/ui/lib/text.js'

describe('text', () => {
  it('shows what would not be seen by its number, and counts it', () => {
    const cases = [
      ['a\u202eb', 'a⟨U+202E⟩b'],
      ['a\u200bb', 'a⟨U+200B⟩b'],
      ['a\u0000b', 'a␀b'],
      ['\u001b[31m', '␛[31m'],
      ['a\rb', 'a␍b'],
      ['a\u007fb', 'a␡b'],
      ['a\u0085b', 'a⟨U+0085⟩b'],
      ['a\u00a0b', 'a⟨U+00A0⟩b'],
      ['a\u{e0041}b', 'a⟨U+E0041⟩b'],
      ['\ufeffa', '⟨U+FEFF⟩a'],
    ]
    for (const [text, seen] of cases) {
      assert.equal(shown(text), seen)
      assert.equal(exact(text).hidden, 1)
    }
  })

  it('marks spaces and line breaks at the end, and no others', () => {
    assert.equal(shown('a b\n c'), 'a b\n c')
    assert.equal(shown('a  \nb '), 'a··\nb·')
    assert.equal(shown('a\n'), 'a␊')
    assert.equal(shown('a\n\nb\n\n'), 'a\n\nb␊␊')
    assert.equal(exact('a \n').hidden, 0)
    assert.deepEqual(exact('a\n').parts, [
      { text: 'a', isSign: false },
      { text: '␊', isSign: true },
    ])
  })

  it('takes emoji and scripts for what they are', () => {
    const text = 'Zoë 東京 שלום مرحبا 👩‍💻 ✔️ 1️⃣\tx'
    assert.equal(shown(text), text)
    assert.equal(plain('می‌خواهم'), 'می‌خواهم')
    assert.equal(exact('می‌خواهم').hidden, 1)
  })

  it('knows words that mix letters which look alike', () => {
    assert.equal(exact('sud\u043e ls').isMixed, true)
    assert.equal(exact('\u0430pt install').isMixed, true)
    assert.equal(exact('привет sudo, αβγ').isMixed, false)
  })
})
