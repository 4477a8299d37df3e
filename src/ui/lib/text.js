// Text of people and agents, made fit to be seen: what nobody would see, or what turns text around, is shown by its
// number. The command line does the same for a terminal.

/** Characters that are not seen, or that change how others are seen. */
const UNSEEN = new RegExp(
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFFA0' +
    '\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]',
  'u',
)

/** Marks upon marks: more than any script puts on one letter, and enough to cover the lines around it. */
const STACKED = /(?<=\p{M}{4})\p{M}/u

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

/** Line feeds at the very end, where nobody sees that there is another line. */
const LAST = /\n(?=\n*$)/

/** A word that mixes letters which look alike: Latin ones with Cyrillic or Greek. */
const MIXED =
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u

/** @param {RegExp[]} fine */
const except = (...fine) => `(?!${fine.map(it => it.source).join('|')})${UNSEEN.source}|${STACKED.source}`
const HIDDEN = new RegExp(except(...ORDINARY, SPELLING), 'gu')
const EXACT = new RegExp(`${except(...ORDINARY)}|${SPACES.source}|${LAST.source}`, 'gu')

/** What is shown in the place of a hidden character, or of spaces. @param {string} text */
function sign(text) {
  const code = text.codePointAt(0) ?? 0
  if (code === 0x20) return '·'.repeat(text.length)
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** Anything as text in which nothing hides. @param {unknown} text */
export const plain = text => String(text ?? '').replace(HIDDEN, sign)

/** A value as JSON, for people. @param {unknown} value */
export const json = value => JSON.stringify(value, null, 2) ?? String(value)

/**
 * A text for those who decide: its parts, those that stand for something hidden marked as such.
 * @param {string} text
 * @returns {{ parts: { text: string, isSign: boolean }[], hidden: number, isMixed: boolean }} and how many characters hide
 *   in it, and whether words of it mix letters that look alike
 */
export function exact(text) {
  const parts = []
  let past = 0
  let hidden = 0
  for (const { 0: found, index } of text.matchAll(EXACT)) {
    if (found[0] !== ' ' && found !== '\n') hidden++
    if (index > past) parts.push({ text: text.slice(past, index), isSign: false })
    parts.push({ text: sign(found), isSign: true })
    past = index + found.length
  }
  if (past < text.length) parts.push({ text: text.slice(past), isSign: false })
  return { parts, hidden, isMixed: MIXED.test(text) }
}

/** The same as one text. @param {string} text */
export const shown = text => text.replace(EXACT, sign)
