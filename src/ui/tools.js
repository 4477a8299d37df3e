// The tool calls of an agent, a line each, with what went in and came out when they are opened.
import { fill, fold, h } from './dom.js'
import { diff, json, plain } from './text.js'

/** What is said of a state. */
const STATES = {
  completed: '✓ done',
  failed: '✗ failed',
  in_progress: '… running',
  asks: '◔ waits for a yes',
  pending: '○ pending',
}

/** Anything as JSON, when it is opened. */
export const raw = (label, value) => fold(plain(label), () => h('pre.out', plain(json(value))))

/** A part of what a tool made: a change, or text that it printed, out of its fence and without colours. */
function part(it) {
  if (it.type === 'diff' && typeof it.newText === 'string') return diff(it)
  const text = typeof it.content?.text === 'string' ? it.content.text : json(it)
  const inside = text.replace(/^```\w*\n([^]*?)\n?```$/, '$1')
  return h('pre.out', plain(inside.replace(/\x1b\[[\d;]*m/g, '')))
}

/** The tool calls that a timeline has shown. */
export class Tools {
  #known = new Map()

  /** Whether a tool call has been shown. */
  has = id => this.#known.has(id)

  /** Forgets all of them. */
  clear = () => this.#known.clear()

  /**
   * Draws a tool call as it is after a change.
   * @param {object} change the agent's own `tool_call` or `tool_call_update`; what it leaves out stays as it was
   * @returns {HTMLElement | null} its element, if it is new
   */
  change({ toolCallId, ...change }) {
    const isNew = !this.has(toolCallId)
    if (isNew) this.#known.set(toolCallId, make())
    const it = this.#known.get(toolCallId)
    for (const [key, value] of Object.entries(change)) {
      if (value != null) it[key] = value
    }
    draw(it)
    return isNew ? it.node : null
  }
}

function make() {
  const it = { head: h('summary'), body: h('div') }
  it.node = h('details.tool', { toggle: () => draw(it) }, it.head, it.body)
  return it
}

function draw(it) {
  const state = it.asks ? 'asks' : STATES[it.status] ? it.status : 'pending'
  fill(it.head, h('code', plain(it.kind ?? 'tool')), h('span', plain(it.title)), h(`span.${state}`, STATES[state]))
  if (!it.node.open) return
  fill(
    it.body,
    it.content?.map(part),
    it.rawInput && raw('Input', it.rawInput),
    it.rawOutput && raw('Output', it.rawOutput),
  )
}
