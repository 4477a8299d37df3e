// What happened, as blocks of items: a turn of the agent with everything in it, or what came between two turns. Each
// item and each block has a version of its own, so that only what changed is drawn again.
import { signal } from '../vendor/ui.js'
import { AgentItems } from './agent.js'
import { HANDLERS } from './drawing.js'

/** A block goes on in another one beyond so many items: drawing one stays cheap. */
const FULL = 80
/** So many lines of the system's stand together at most. */
const TOGETHER = 12
/** As many of the last turns stand open. */
const OPEN = 20

/** @typedef {{ id: string, kind: string, seq: number, at: string, version: import('../vendor/ui.js').Signal<number>, [key: string]: any }} Item */

/** A part of the timeline. */
export class Block {
  /** @type {Item[]} */
  items = []
  version = signal(0)
  /** Whether it shows more than one line. */
  open = signal(true)
  /** The prompt that a turn is about. @type {Item | null} */
  head = null
  /** The dispatch of the turn, as it is now. @type {Schemas['Dispatch'] | null} */
  dispatch = null
  /** What a turn did. */
  stats = { tools: 0, add: 0, del: 0 }

  /** @param {number} seq of the event it begins with @param {'turn' | 'between' | 'more'} kind @param {Block} [turn] of which this is more */
  constructor(seq, kind, turn) {
    this.id = `b${seq}`
    this.seq = seq
    this.kind = kind
    /** The turn that this is or goes on. @type {Block | undefined} */
    this.turn = kind === 'turn' ? this : turn
  }

  changed() {
    this.version.value++
  }

  /** Has a prompt at its head, as it was asked for first. @param {Item} prompt @returns {Item} what stands there */
  leadBy(prompt) {
    if (this.head?.seq === prompt.seq) return this.head
    this.head = prompt
    this.changed()
    return prompt
  }
}

/** The timeline of a session. */
export class Timeline {
  /** @type {Block[]} */
  blocks = []
  version = signal(0)
  /** @type {import('../vendor/ui.js').Signal<{ content: string, status: string }[]>} */
  plan = signal([])
  /** @type {import('../vendor/ui.js').Signal<{ used: number, size: number, cost?: { amount: number, currency: string } } | null>} */
  usage = signal(null)
  /** Which files were changed, and by how much. @type {import('../vendor/ui.js').Signal<Map<string, { add: number, del: number, at: string }>>} */
  files = signal(new Map())
  /** What the agent understands behind a slash. @type {import('../vendor/ui.js').Signal<{ name: string, description?: string }[]>} */
  commands = signal([])
  /** The tool that is running, in the agent's words; empty if none is. */
  tool = signal('')
  /** How many items were added, ever. */
  count = 0
  /** Turns that somebody has opened or folded, by their dispatch: they stay so. @type {Map<string, boolean>} */
  #chosen = new Map()
  /** Turns by their dispatch, the oldest first. @type {Map<string, Block>} */
  turns = new Map()
  /** What was last said to those who do not look. */
  milestone = signal(/** @type {{ text: string } | null} */ (null))
  /** Prompts by their approval. @type {Map<string, Item>} */
  prompts = new Map()
  /** Messages by their id. @type {Map<string, Item>} */
  messages = new Map()
  seq = 0
  at = ''

  /** @param {import('./session.js').SharedSession} of */
  constructor(of) {
    this.of = of
    this.agent = new AgentItems(this)
  }

  clear() {
    this.blocks = []
    this.turns.clear()
    this.prompts.clear()
    this.messages.clear()
    this.agent = new AgentItems(this)
    this.files.value = new Map()
    this.changed()
  }

  changed() {
    this.version.value++
  }

  /** Draws an event; one that we do not know, or not in this shape, as it came. @param {Schemas['Event']} event */
  draw(event) {
    this.seq = event.seq
    this.at = event.timestamp
    if (event.type !== 'host_session_update') this.agent.pause()
    try {
      ;/** @type {Record<string, (timeline: Timeline, payload: any) => void>} */ (HANDLERS)[event.type](
        this,
        event.payload,
      )
    } catch {
      this.add('raw', { label: event.type, value: event.payload })
    }
  }

  /** The event from which on nothing is drawn anew by what was before: where the first turn begins. */
  get seam() {
    const [turn] = this.turns.values()
    return turn?.seq ?? Infinity
  }

  /** The turn that is going on. */
  get turn() {
    const turn = this.blocks.at(-1)?.turn
    return turn && !turn.dispatch?.endedAt ? turn : null
  }

  /** @param {string} kind @param {object} data @returns {Item} */
  item(kind, data) {
    return { ...data, id: `e${this.seq}`, kind, seq: this.seq, at: this.at, version: signal(0) }
  }

  /** Puts an item at the end. @param {string} kind @param {object} [data] */
  add(kind, data = {}) {
    const item = this.item(kind, data)
    this.count++
    // A turn and what follows it are two blocks, though what comes late still belongs to the turn.
    const block = this.#last()
    if (block.items.at(-1)?.id === item.id) item.id += `-${block.items.length}`
    block.items.push(item)
    block.changed()
    return item
  }

  #last() {
    const last = this.blocks.at(-1)
    const turn = this.turn ?? undefined
    if (last && last.items.length < FULL && last.turn === turn) return last
    return this.begin(turn ? 'more' : 'between', turn)
  }

  /** Begins a block. @param {'turn' | 'between' | 'more'} kind @param {Block} [turn] */
  begin(kind, turn) {
    const block = new Block(this.seq, kind, turn)
    this.blocks.push(block)
    this.changed()
    return block
  }

  /** Begins a turn, and takes its prompt there. @param {Schemas['Dispatch']} dispatch */
  start(dispatch) {
    const prompt = this.prompts.get(dispatch.approvalId)
    if (prompt) this.#take(prompt)
    const turn = this.begin('turn')
    turn.head = prompt ?? null
    turn.dispatch = dispatch
    this.turns.set(dispatch.id, turn)
    this.#foldOld()
  }

  /** Takes an item out of where it stands. @param {Item} item */
  #take(item) {
    const block = this.blocks.findLast(it => it.items.includes(item))
    if (!block) return
    block.items = block.items.filter(it => it !== item)
    if (block.items.length > 0 || block.kind === 'turn') block.changed()
    else this.blocks.splice(this.blocks.indexOf(block), 1)
  }

  /** The last turns stand open, and those that somebody has opened. */
  #foldOld() {
    let newer = this.turns.size
    for (const [id, turn] of this.turns) {
      newer--
      turn.open.value = this.#chosen.get(id) ?? newer < OPEN
    }
  }

  /**
   * Draws what happened before. What begins with the first turn that is here stays as it was drawn: nothing before it
   * changes that, and there may be much of it.
   * @param {Schemas['Event'][]} events up to that turn; all, where there is none
   */
  before(events) {
    const [seam] = this.turns.values()
    if (!seam) {
      this.clear()
      for (const event of events) this.draw(event)
      return
    }
    const earlier = new Timeline(this.of)
    for (const event of events) earlier.draw(event)
    const turns = new Map([...this.turns.values()].map(it => [it.dispatch?.approvalId, it]))
    for (const [id, item] of earlier.prompts) {
      const turn = turns.get(id)
      const ours = this.prompts.get(id)
      if (turn) earlier.#take(item)
      else if (ours && ours.seq >= seam.seq) this.#take(ours)
      this.prompts.set(id, turn?.leadBy(item) ?? item)
    }
    // How a turn went on is known from later.
    for (const [id, turn] of earlier.turns) turn.dispatch = this.of.dispatches.peek().get(id) ?? turn.dispatch
    this.blocks = [...earlier.blocks, ...this.blocks.slice(this.blocks.indexOf(seam))]
    this.turns = new Map([...earlier.turns, ...this.turns])
    this.messages = new Map([...this.messages, ...earlier.messages])
    this.files.value = new Map([...earlier.files.peek(), ...this.files.peek()])
    if (this.plan.peek().length === 0) this.plan.value = earlier.plan.peek()
    if (this.commands.peek().length === 0) this.commands.value = earlier.commands.peek()
    this.usage.value ??= earlier.usage.peek()
    this.#foldOld()
    this.changed()
  }

  /** Opens or folds a turn for good. @param {Block} turn @param {boolean} isOpen */
  fold(turn, isOpen) {
    turn.open.value = isOpen
    if (turn.dispatch) this.#chosen.set(turn.dispatch.id, isOpen)
  }

  /**
   * Where an event stands, or what it went into; what is folded is opened. Null where nothing is that old.
   * @param {number} seq
   * @returns {string | null} the id of the element
   */
  find(seq) {
    let found = null
    for (const block of this.blocks) {
      for (const item of [block.head, ...block.items]) {
        if (item && item.seq <= seq && (!found || item.seq >= found.item.seq)) found = { item, block }
      }
    }
    if (found?.block.turn) this.fold(found.block.turn, true)
    return found && found.item.id
  }

  /** The turn of a dispatch goes on otherwise, or ends. @param {Schemas['Dispatch']} dispatch */
  settle(dispatch) {
    const turn = this.turns.get(dispatch.id)
    if (!turn) return null
    turn.dispatch = dispatch
    turn.changed()
    return turn
  }

  /** A line of the system's; plain ones that come together stand together. @param {string} text @param {{ who?: string | null, [key: string]: any }} [data] */
  line(text, data = {}) {
    const said = { text, seq: this.seq, ...data }
    const block = this.blocks.at(-1)
    const last = block?.turn === (this.turn ?? undefined) ? block?.items.at(-1) : undefined
    const isPlain = Object.keys(data).every(it => it === 'who')
    if (last?.kind === 'line' && last.isPlain && isPlain && last.said.length < TOGETHER) {
      last.said = [...last.said, said]
      last.at = this.at
      last.version.value++
    } else this.add('line', { said: [said], isPlain })
  }
}
