// What a tool call asks for, read from whatever shape an agent gave it. Nothing that it holds is left out, and no shape
// breaks the page: what is not understood is shown as JSON.
import { json } from './text.js'

/** @typedef {{ path: string, oldText?: string | null, newText: string }} Change */

/**
 * @typedef {object} Asked
 * @property {string | null} title in the agent's words
 * @property {string} kind
 * @property {string | null} cwd
 * @property {string | null} text what will be run or fetched
 * @property {string | null} rest what else goes in, as JSON
 * @property {Change[]} changes
 * @property {string[]} said what the agent wrote about it
 * @property {string[]} others parts of its content that are none of these, as JSON
 * @property {string[]} paths what it says that it works on
 */

/** @param {any} it */
const isText = it => typeof it === 'string'
/** @param {any} it */
const isRecord = it => typeof it === 'object' && it !== null && !Array.isArray(it)
/** @param {any} it @returns {any[]} */
const list = it => (Array.isArray(it) ? it : [])

/** Words as a shell would take them: each that is not plain in quotes, so that their borders are seen. @param {string[]} words */
const quoted = words => words.map(it => (/^[\w@%+=:,./-]+$/.test(it) ? it : JSON.stringify(it))).join(' ')

/** A command line, if it is one. @param {any} it @returns {string | null} */
function line(it) {
  if (isText(it)) return it
  return Array.isArray(it) && it.length > 0 && it.every(isText) ? quoted(it) : null
}

/** @param {any} given what goes into the tool */
function input(given) {
  if (given === undefined || given === null || given === '') return { cwd: null, text: null, rest: null }
  if (!isRecord(given)) return { cwd: null, text: line(given) ?? json(given), rest: null }
  const main = ['command', 'url'].find(key => line(given[key]))
  const cwd = isText(given.cwd) ? given.cwd : null
  const left = Object.entries(given).filter(([key]) => key !== main && !(key === 'cwd' && cwd !== null))
  const rest = left.length > 0 ? json(Object.fromEntries(left)) : null
  return { cwd, text: main ? line(given[main]) : null, rest }
}

/** @param {any} it */
const isChange = it =>
  it?.type === 'diff' && isText(it.path) && isText(it.newText) && (isText(it.oldText) || (it.oldText ?? null) === null)
/** @param {any} it */
const isSaid = it => it?.type === 'content' && it.content?.type === 'text' && isText(it.content.text)

/** @param {any} call a tool call, as its agent sent it @returns {Asked} */
export function readCall(call) {
  const { title, kind, rawInput, content, locations } = isRecord(call) ? call : { rawInput: call }
  const parts = content === undefined || content === null || Array.isArray(content) ? list(content) : [content]
  return {
    title: title === undefined || title === null || title === '' ? null : isText(title) ? title : json(title),
    kind: isText(kind) ? kind : 'other',
    ...input(rawInput),
    changes: parts.filter(isChange),
    said: parts.filter(isSaid).map(it => it.content.text),
    others: parts.filter(it => !isChange(it) && !isSaid(it)).map(json),
    paths: list(locations).flatMap(it => (isText(it?.path) ? [it.path] : [])),
  }
}

/** The tool call that an approval is about. @param {{ details?: unknown }} approval */
export const callOf = ({ details }) => /** @type {any} */ (details)?.toolCall
