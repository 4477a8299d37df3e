// What the agent says and does, as its own updates tell it: text that flows, tool calls, its plan, what it has used.
import { fill, h } from './dom.js'
import { Tools, raw } from './tools.js'
import { plain } from './text.js'

/** Text that flows, and what is said above it; what has something above it is folded. */
const FLOWS = {
  agent_message_chunk: '',
  agent_thought_chunk: 'Thought',
  user_message_chunk: 'The prompt, as the agent repeats it',
}

/** What changes nothing that is shown. */
const QUIET = ['available_commands_update', 'session_info_update', 'config_option_update', 'current_mode_update']

/** Draws the updates of an agent. */
export class AgentView {
  #tools = new Tools()
  #last = null

  /**
   * @param {Record<string, HTMLElement>} page with `plan` and `usage`
   * @param {(...children: any[]) => void} add puts something on the timeline as the agent's
   */
  constructor(page, add) {
    this.page = page
    this.add = add
  }

  /** The text that flows is over: something else came between. */
  pause() {
    this.#last = null
  }

  /** Marks the tool call that an approval is about, if it was shown. */
  waits({ details, status }) {
    const { toolCallId } = details?.toolCall ?? {}
    if (this.#tools.has(toolCallId)) this.#tools.change({ toolCallId, asks: status === 'pending' })
  }

  /** Draws an update; one of a kind that we do not know, as it came. */
  draw(update) {
    const kind = update.sessionUpdate
    if (QUIET.includes(kind)) return
    if (kind in FLOWS) this.#flow(update)
    else if (kind === 'tool_call' || kind === 'tool_call_update') this.#tool(update)
    else if (kind === 'plan') this.#plan(update)
    else if (kind === 'usage_update') this.#usage(update)
    else this.add(raw(kind, update))
  }

  /** A chunk goes on where the one before it ended, if both are of one message. */
  #flow({ sessionUpdate: kind, messageId, content }) {
    if (this.#last?.kind !== kind || this.#last.messageId !== messageId) {
      const node = new Text()
      const text = h('p.text', node)
      this.add(FLOWS[kind] ? h('details', h('summary', FLOWS[kind]), text) : text)
      this.#last = { kind, messageId, node }
    }
    this.#last.node.appendData(plain(content.text ?? `[${content.type} ${content.uri ?? ''}]`))
  }

  #tool(update) {
    const made = this.#tools.change(update)
    if (made) this.add(made)
  }

  #plan({ entries }) {
    const known = ['pending', 'in_progress', 'completed']
    const entry = it => h(`li.${known.includes(it.status) ? it.status : 'pending'}`, plain(it.content))
    fill(this.page.plan, entries.map(entry))
  }

  #usage({ used, size, cost }) {
    const spent = cost && ` · ${cost.amount} ${cost.currency}`
    fill(this.page.usage, `${used.toLocaleString()} of ${size.toLocaleString()} tokens`, plain(spent))
  }
}
