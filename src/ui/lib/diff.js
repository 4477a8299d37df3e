// What a change takes away and adds.

/** @typedef {{ kind: 'add' | 'del' | 'same' | 'gap', text: string }} Row */

/** As many lines around a change as tell where it is. */
const AROUND = 3

/** The most work that finding the smallest change may take; beyond it, all of the middle is replaced. */
const MOST = 4_000_000

/**
 * The longest common subsequence of two lists, as what was taken away, added and kept.
 * @param {string[]} before
 * @param {string[]} after
 * @returns {Row[]}
 */
function smallest(before, after) {
  const row = (/** @type {Row['kind']} */ kind) => (/** @type {string} */ text) => ({ kind, text })
  if (before.length * after.length > MOST) return [...before.map(row('del')), ...after.map(row('add'))]
  const width = after.length + 1
  const length = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const skip = Math.max(length[(i + 1) * width + j], length[i * width + j + 1])
      length[i * width + j] = before[i] === after[j] ? length[(i + 1) * width + j + 1] + 1 : skip
    }
  }
  /** @type {Row[]} */
  const rows = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      rows.push(row('same')(before[i++]))
      j++
    } else if (j === after.length || (i < before.length && length[(i + 1) * width + j] >= length[i * width + j + 1])) {
      rows.push(row('del')(before[i++]))
    } else rows.push(row('add')(after[j++]))
  }
  return rows
}

/**
 * What became of a list of parts: lines of a file, or words of a text.
 * @param {string[]} before
 * @param {string[]} after
 * @returns {Row[]}
 */
export function compare(before, after) {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head++
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  /** @param {string} text @returns {Row} */
  const same = text => ({ kind: 'same', text })
  return [
    ...before.slice(0, head).map(same),
    ...smallest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

/** @param {string | null | undefined} text */
const lines = text => (text ? text.replace(/\n$/, '').split('\n') : [])

/** What a change does that has no line of its own. @param {string | null | undefined} before */
const unseen = before => (before ? 'Only the line break at its end' : 'An empty file')

/**
 * The rows of a change to a file, without what is far from it.
 * @param {{ oldText?: string | null, newText: string }} change
 * @returns {Row[]}
 */
export function changeRows({ oldText, newText }) {
  const rows = compare(lines(oldText), lines(newText))
  const changed = rows.flatMap((it, index) => (it.kind === 'same' ? [] : [index]))
  const near = new Set(changed.flatMap(at => Array.from({ length: 2 * AROUND + 1 }, (_, n) => at - AROUND + n)))
  /** @type {Row[]} */
  const kept = []
  for (const [index, row] of rows.entries()) {
    if (near.has(index)) kept.push(row)
    else if (kept.at(-1)?.kind !== 'gap' && kept.length > 0) kept.push({ kind: 'gap', text: '⋯' })
  }
  if (kept.at(-1)?.kind === 'gap') kept.pop()
  if (kept.length === 0 && (oldText ?? null) !== newText) kept.push({ kind: 'gap', text: unseen(oldText) })
  return kept
}

/** Where a part of a unified diff begins, and how many lines of both sides follow. */
const PART = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/

/**
 * The rows of a unified diff, as it was written. In a part every line counts, also one that looks like a heading.
 * @param {string} text
 * @returns {Row[]}
 */
export function patchRows(text) {
  let [old, fresh] = [0, 0]
  return lines(text).map(line => {
    const part = PART.exec(line)
    const isInside = old > 0 || fresh > 0
    if (part && !isInside) [old, fresh] = [Number(part[1] ?? 1), Number(part[2] ?? 1)]
    if (!isInside && (part || /^(\+\+\+ |--- |@@|diff |index |\\ )/.test(line))) return { kind: 'gap', text: line }
    if (line[0] !== '+') old--
    if (line[0] !== '-') fresh--
    const kind = line[0] === '+' ? 'add' : line[0] === '-' ? 'del' : 'same'
    return { kind, text: line.slice(1) }
  })
}

/** How many lines were added and taken away. @param {Row[]} rows */
export const counts = rows => ({
  add: rows.filter(it => it.kind === 'add').length,
  del: rows.filter(it => it.kind === 'del').length,
})
