// What the agent says and does, as its own updates tell it: text that flows, tool calls, its plan, what it has used.
import { changeRows, counts } from '../lib/diff.js'

/** @typedef {import('./timeline.js').Item} Item */

/** Text that flows. @type {Record<string, string>} */
const FLOWS = { agent_message_chunk: 'text', agent_thought_chunk: 'thought', user_message_chunk: 'echo' }

/** What changes nothing that is shown. */
const QUIET = ['session_info_update', 'config_option_update', 'current_mode_update']

/** Tool calls that only look; several of them in a row stand in one line. */
const LOOKING = ['read', 'search']

const ENDED = ['completed', 'failed']

/** The update that an event brings, if it is text that flows. @param {any} event */
export function flowOf({ type, payload }) {
  const update = type === 'host_session_update' && (payload.notification.params?.update ?? payload.notification.update)
  return update && update.sessionUpdate in FLOWS && typeof update.content?.text === 'string' ? update : null
}

/** The updates of an agent, as items of the timeline. */
export class AgentItems {
  /** The life of the agent session as the last event told it. */
  life = 'active'
  /** @type {Map<string, Item>} */
  #tools = new Map()
  /** The text that flows. @type {Item | null} */
  #flow = null
  #plan = ''

  /** @param {import('./timeline.js').Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline
  }

  /** The text that flows is over: something else came between. */
  pause() {
    if (!this.#flow) return
    this.#flow.endedAt = this.timeline.at
    this.#flow.version.value++
    this.#flow = null
  }

  /** The turn is over, and what the agent left open with it. */
  close() {
    this.pause()
    for (const item of this.#tools.values()) {
      if (ENDED.includes(item.call.status)) continue
      item.isLeft = true
      item.version.value++
    }
    this.#tools.clear()
    this.timeline.tool.value = ''
  }

  /** Marks the tool call that an approval is about, if it was shown. @param {Schemas['Approval']} approval */
  waits({ details, status }) {
    const item = this.#tools.get(/** @type {any} */ (details)?.toolCall?.toolCallId)
    if (!item) return
    item.asks = status === 'pending'
    item.version.value++
  }

  /** Draws an update; one of a kind that we do not know, as it came. @param {any} update */
  draw(update) {
    const kind = update.sessionUpdate
    if (QUIET.includes(kind)) return
    if (kind in FLOWS) return this.#say(update)
    this.pause()
    if (kind === 'tool_call' || kind === 'tool_call_update') this.#call(update)
    else if (kind === 'plan') this.#planned(update.entries)
    else if (kind === 'usage_update') this.timeline.usage.value = update
    else if (kind === 'available_commands_update') this.timeline.commands.value = update.availableCommands ?? []
    else this.timeline.add('raw', { label: kind, value: update })
  }

  /** A chunk goes on where the one before it ended, if both are of one message. @param {any} update */
  #say({ sessionUpdate, messageId, content }) {
    const kind = FLOWS[sessionUpdate]
    const text = content.text ?? `[${content.type} ${content.uri ?? ''}]`
    const flow = this.#flow
    if (flow && flow.kind === kind && flow.messageId === messageId) {
      flow.text += text
      flow.version.value++
      return
    }
    this.pause()
    if (text.trim() || kind === 'text') this.#flow = this.timeline.add(kind, { text, messageId, endedAt: null })
  }

  /** What the agent leaves out of an update stays as it was. @param {any} update */
  #call({ sessionUpdate, toolCallId, ...change }) {
    const known = this.#tools.get(toolCallId)
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value != null))
    const item = known ?? this.#begin(toolCallId, given)
    item.call = { ...item.call, ...given, toolCallId }
    if (given.content) this.#count(item)
    item.version.value++
    const now = [...this.#tools.values()].findLast(it => it.call.status === 'in_progress')
    this.timeline.tool.value = now ? (now.call.title ?? 'a tool') : ''
  }

  /** @param {string} id @param {any} call */
  #begin(id, call) {
    const block = this.timeline.blocks.at(-1)
    const last = block?.items.at(-1)
    const looks = LOOKING.includes(call.kind)
    const stats = this.timeline.turn?.stats
    if (stats) stats.tools++
    let item
    if (looks && last?.kind === 'group') {
      item = this.timeline.item('tool', { call })
      last.calls = [...last.calls, item]
      last.version.value++
    } else if (looks && last?.kind === 'tool' && LOOKING.includes(last.call.kind) && block) {
      item = this.timeline.item('tool', { call })
      const group = { ...this.timeline.item('group', { calls: [last, item] }), id: `g${last.id}`, seq: last.seq }
      block.items[block.items.length - 1] = group
      block.changed()
    } else item = this.timeline.add('tool', { call })
    this.#tools.set(id, item)
    return item
  }

  /** Which files a tool call changed. @param {Item} item */
  #count(item) {
    const changes = item.call.content.filter(
      (/** @type {any} */ it) => it.type === 'diff' && typeof it.newText === 'string',
    )
    if (changes.length === 0) return
    const files = new Map(this.timeline.files.value)
    const stats = this.timeline.turn?.stats
    const before = item.counted ?? { add: 0, del: 0 }
    item.counted = { add: 0, del: 0 }
    for (const change of changes) {
      const { add, del } = counts(changeRows(change))
      item.counted.add += add
      item.counted.del += del
      files.set(change.path, { add, del, at: item.id })
    }
    if (stats) {
      stats.add += item.counted.add - before.add
      stats.del += item.counted.del - before.del
    }
    this.timeline.files.value = files
  }

  /** @param {{ content: string, status: string }[]} entries */
  #planned(entries) {
    this.timeline.plan.value = entries
    const said = entries.map(it => it.content).join('\n')
    if (said === this.#plan) return
    this.timeline.line(this.#plan ? 'The plan changed' : `A plan of ${entries.length} steps`, { isAgent: true })
    this.#plan = said
  }
}
