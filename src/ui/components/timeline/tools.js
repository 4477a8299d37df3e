// The tool calls of an agent, a line each, with what went in and came out when they are opened.
import { changeRows, counts } from '../../lib/diff.js'
import { own } from '../../lib/own.js'
import { json, plain } from '../../lib/text.js'
import { html, useState } from '../../vendor/ui.js'
import { Diff } from '../diff.js'
import { Icon } from '../parts.js'
import { Terminal } from '../terminal.js'
import { Raw } from './items.js'

/** What is said of a state; never by its colour alone. @type {Record<string, { sign: string, word: string }>} */
const STATES = {
  asks: { sign: '◔', word: 'waits for a yes' },
  completed: { sign: '✓', word: 'done' },
  failed: { sign: '✗', word: 'failed' },
  in_progress: { sign: '…', word: 'running' },
  left: { sign: '–', word: 'left open' },
  pending: { sign: '○', word: 'pending' },
}

/** @type {Record<string, string>} */
const ICONS = {
  delete: 'trash-2',
  edit: 'file-pen',
  execute: 'terminal',
  fetch: 'globe',
  move: 'move',
  read: 'file-text',
  search: 'search',
  think: 'brain',
}

/** @param {import('../../model/timeline.js').Item} item */
function stateOf({ call, asks, isLeft }) {
  if (asks) return 'asks'
  if (isLeft) return 'left'
  return own(STATES, call.status) ? call.status : 'pending'
}

/** A part of what a tool made. @param {{ part: any, call: any, actions: any, of: any }} props */
function Part({ part, call, actions, of }) {
  if (part.type === 'diff' && typeof part.newText === 'string') {
    const comment =
      of.may('messages') &&
      ((/** @type {number} */ line) => actions.anchor({ toolCallId: call.toolCallId, path: part.path, line }))
    return html`<${Diff} path=${part.path} rows=${changeRows(part)} comment=${comment} />`
  }
  const text = typeof part.content?.text === 'string' ? part.content.text : json(part)
  return html`<${Terminal} text=${text.replace(/^```\w*\n([^]*?)\n?```$/, '$1')} />`
}

/** @param {any} call */
function sizes(call) {
  const changes = (call.content ?? []).filter(
    (/** @type {any} */ it) => it.type === 'diff' && typeof it.newText === 'string',
  )
  if (changes.length === 0) return null
  const { add, del } = counts(changes.flatMap(changeRows))
  return `+${add} −${del}`
}

/** @param {any} call */
const lines = ({ locations }) => locations?.[0]?.line && `:${locations[0].line}`

/** @param {any} call */
const places = ({ locations }) =>
  locations.map((/** @type {any} */ it) => plain(`${it.path}${it.line ? `:${it.line}` : ''}`)).join(', ')

/** @param {import('./items.js').ItemProps} props */
export function Tool({ item, of, actions }) {
  const { call } = item
  const state = stateOf(item)
  // What is being done, what failed and what waits is open by itself, until somebody says otherwise.
  const [wanted, setWanted] = useState(/** @type {boolean | null} */ (null))
  const isOpen =
    wanted ?? (['in_progress', 'failed', 'asks'].includes(state) || (state === 'completed' && call.kind === 'edit'))
  const press = (/** @type {Event} */ event) => {
    event.preventDefault()
    setWanted(!isOpen)
  }
  const comment = () => actions.anchor({ toolCallId: call.toolCallId })
  const { sign, word } = STATES[state]
  return html`<details class="tool" id=${`t-${call.toolCallId}`} open=${isOpen}>
    <summary onClick=${press}>
      <${Icon} name=${own(ICONS, call.kind) ?? 'wrench'} /><code class="kind">${plain(call.kind ?? 'tool')}</code>
      <span class="title">${plain(call.title ?? call.toolCallId)}${plain(lines(call))}</span>
      <span class="muted">${sizes(call)}</span>
      <span class="state ${state}"><span aria-hidden="true">${sign}</span> ${word}</span>
    </summary>
    ${
      isOpen &&
      html`<div class="inside">
      ${call.content?.map((/** @type {any} */ part) => html`<${Part} part=${part} call=${call} of=${of} actions=${actions} />`)}
      ${call.locations?.length > 1 && html`<p class="muted">${places(call)}</p>`}
      ${call.rawInput && html`<${Raw} label="Input" value=${call.rawInput} />`}
      ${call.rawOutput && html`<${Raw} label="Output" value=${call.rawOutput} />`}
      ${of.may('messages') && html`<button type="button" class="link" onClick=${comment}>Comment on this</button>`}
    </div>`
    }
  </details>`
}

/** What only looked, several in a row. @param {import('./items.js').ItemProps} props */
export function ToolGroup({ item, of, actions }) {
  const [isOpen, setOpen] = useState(false)
  const toggle = (/** @type {any} */ { currentTarget, target }) =>
    currentTarget === target && setOpen(currentTarget.open)
  const kinds = new Set(item.calls.map((/** @type {any} */ it) => it.call.kind))
  const did = kinds.size > 1 ? 'looked at' : kinds.has('search') ? 'searched' : 'read'
  const failed = item.calls.filter((/** @type {any} */ it) => it.call.status === 'failed').length
  return html`<details class="tool group" onToggle=${toggle}>
    <summary>
      <${Icon} name="file-text" /><code class="kind">${did}</code>
      <span class="title">${item.calls.length} ${did === 'searched' ? 'times' : 'files'}</span>
      ${failed > 0 && html`<span class="state failed">✗ ${failed} failed</span>`}
    </summary>
    ${
      isOpen &&
      html`<div class="inside">
      ${item.calls.map((/** @type {any} */ it) => html`<${Tool} key=${it.id} item=${it} version=${it.version.value} of=${of} actions=${actions} />`)}
    </div>`
    }
  </details>`
}
