// Text of people and agents, made fit to be seen: what nobody would see, or what turns text around, is shown by its
// number. The command line does the same for a terminal.
import { h } from './dom.js'

/** Characters that are not seen, or that change how others are seen. */
const UNSEEN = new RegExp(
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFFA0' +
    '\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]',
  'u',
)

/** Where they are what they seem: line feeds and tabs, the joiners and the presentation of emoji. */
const ORDINARY = [
  /[\n\t]/,
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})/u,
  /(?<=\p{Extended_Pictographic})\uFE0F/u,
  /\uFE0F(?=\u20E3)/,
]

/** Where they belong to the spelling of a language; good enough for names and comments, not for what is decided. */
const SPELLING = /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}])[\u200C\u200D](?=\p{L})/u

/** Spaces that are not plain ones, and plain ones where a line ends. */
const SPACES = /(?! )\p{Zs}|(?<! ) +(?=\n|$)/u

const except = (...fine) => `(?!${fine.map(it => it.source).join('|')})${UNSEEN.source}`
const HIDDEN = new RegExp(except(...ORDINARY, SPELLING), 'gu')
const EXACT = new RegExp(`${except(...ORDINARY)}|${SPACES.source}`, 'gu')

/** What is shown in the place of a hidden character, or of spaces. */
function sign(text) {
  const code = text.codePointAt(0)
  if (code === 0x20) return '·'.repeat(text.length)
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** Anything as text in which nothing hides. */
export const plain = text => String(text ?? '').replace(HIDDEN, sign)

/** A value as JSON, for people. */
export const json = value => JSON.stringify(value, null, 2)

/** More than this is not seen at once, so that there must be proof of the end having been seen. */
const LONG = { lines: 40, characters: 4000 }

/** A text to be read to its end: one that is long scrolls by itself and ends in a mark that can be watched. */
function whole(kind, label, text, children) {
  const lines = text.split('\n').length
  const isLong = lines > LONG.lines || text.length > LONG.characters
  const named = { tabindex: 0, role: 'group', 'aria-label': label }
  const box = h(`pre.${kind}`, named, children, isLong && h('span.end'))
  const size = `${lines.toLocaleString()} lines, ${text.length.toLocaleString()} characters`
  return isLong ? [h('p.warn', `⚠ ${size}: read to the end before you say yes.`), box] : box
}

/** A text for those who decide: all of it, and everything in it to be seen. */
export function exact(label, text) {
  const parts = []
  let past = 0
  let hidden = 0
  for (const { 0: found, index } of text.matchAll(EXACT)) {
    if (found[0] !== ' ') hidden++
    parts.push(text.slice(past, index), h('mark', sign(found)))
    past = index + found.length
  }
  parts.push(text.slice(past))
  const warning = `⚠ Hidden characters: ${hidden}, shown like ⟨U+202E⟩. This text may look like what it is not.`
  return [hidden > 0 && h('p.warn', warning), whole('exact', label, text, parts)]
}

/** The lines of a change: what it takes away and adds, with three lines around it. */
function rows({ oldText, newText }) {
  const before = oldText?.split('\n') ?? []
  const after = newText.split('\n')
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head++
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const end = before.length - tail
  const row = (kind, mark) => line => h(`span.${kind}`, `${mark} ${line.replace(EXACT, sign)}\n`)
  return [
    ...before.slice(Math.max(0, head - 3), head).map(row('same', ' ')),
    ...before.slice(head, end).map(row('del', '-')),
    ...after.slice(head, after.length - tail).map(row('add', '+')),
    ...before.slice(end, end + 3).map(row('same', ' ')),
  ]
}

/** The lines of a unified diff, as it was written. */
const patchRow = line => {
  const kind = { '+': 'add', '-': 'del' }[line[0]] ?? 'same'
  return h(`span.${kind}`, `${line.replace(EXACT, sign)}\n`)
}

const pathOf = ({ path }) => h('p', h('code', plain(path)))

/** A change, to look at. */
export const diff = change => [pathOf(change), h('pre.diff', rows(change))]

/** A unified diff, for those who decide. */
export function exactPatch(text) {
  const lines = text.replace(/\n$/, '').split('\n')
  return whole('diff', 'What will change', text, lines.map(patchRow))
}

/** A change, for those who decide. */
export function exactDiff(change) {
  const shown = rows(change)
  const text = shown.map(it => it.textContent).join('')
  return [pathOf(change), whole('diff', 'What will change', text, shown)]
}
