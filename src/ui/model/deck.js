// The cards that wait on a page: which one is current, and what becomes of those that were decided.
import { batch, signal } from '../vendor/ui.js'

/** For so long after the current card changed, a key was meant for what stood there before, in milliseconds. */
const STILL = 400
/** How long an outcome stays to be read, in milliseconds. */
const READ = 6000

/**
 * How a card ended. `wasFirst`: somebody else decided it before. `stays`: it may be asked again, so that it is not over.
 * @typedef {{ approval: Schemas['Approval'], wasFirst: boolean, stays: boolean }} Settled
 */

/** Whether an agent waits for it. @param {Schemas['Approval']} it */
const blocks = ({ kind }) => kind !== 'prompt' && kind !== 'draft'

/** What blocks an agent comes first, then what waits longest. @param {Schemas['Approval']} a @param {Schemas['Approval']} b */
export const inOrder = (a, b) =>
  Number(blocks(b)) - Number(blocks(a)) || Date.parse(a.createdAt) - Date.parse(b.createdAt)

/** A deck of cards. New ones go below; none moves another. */
export class Deck {
  /** @type {import('../vendor/ui.js').Signal<string[]>} */
  order = signal([])
  /** @type {import('../vendor/ui.js').Signal<string | null>} */
  current = signal(null)
  /** @type {import('../vendor/ui.js').Signal<Map<string, Settled>>} */
  settled = signal(new Map())
  /** Whether cards have just moved up, so that a pointer is over another one than a moment ago. */
  isMoving = signal(false)
  /** What the keys do, by card. @type {Map<string, Record<string, () => void>>} */
  keys = new Map()
  #movedAt = -Infinity
  #moving = 0
  #isPointedAt = false
  /** What goes away as soon as no pointer is over the cards. @type {Set<string>} */
  #due = new Set()
  #clock

  /** @param {() => number} [clock] */
  constructor(clock = () => performance.now()) {
    this.#clock = clock
  }

  /** Whether what is pressed now can have been meant for what is there now. */
  get isStill() {
    return this.#clock() - this.#movedAt > STILL
  }

  /** Another card is current than a moment ago. */
  #changed() {
    this.#movedAt = this.#clock()
  }

  /** What is below has moved up. */
  #shrunk() {
    this.#changed()
    this.isMoving.value = true
    clearTimeout(this.#moving)
    this.#moving = setTimeout(() => (this.isMoving.value = false), STILL)
  }

  /**
   * Takes over what waits; what does not wait any more stays where it is until its outcome was read.
   * @param {string[]} waiting
   */
  deal(waiting) {
    this.#clear()
    const before = this.order.peek()
    const stays = before.filter(id => waiting.includes(id) || this.settled.peek().has(id))
    const fresh = waiting.filter(id => !stays.includes(id))
    if (fresh.length === 0 && stays.length === before.length) return
    this.#place([...stays, ...fresh])
    if (stays.length < before.length) this.#shrunk()
  }

  /** Shows these and no others, in this order: somebody asked for it. @param {string[]} waiting */
  sort(waiting) {
    const rest = this.order.peek().filter(id => this.settled.peek().has(id) && !waiting.includes(id))
    this.#place([...rest, ...waiting])
  }

  /** @param {string[]} order */
  #place(order) {
    batch(() => {
      this.order.value = order
      if (!this.#open.includes(this.current.peek() ?? '')) this.#choose(this.#open[0] ?? null)
    })
  }

  get #open() {
    return this.order.peek().filter(id => !this.settled.peek().has(id))
  }

  /** @param {string | null} id */
  #choose(id) {
    if (id === this.current.peek()) return
    this.current.value = id
    this.#changed()
  }

  /** Makes another card current. @param {1 | -1} step @returns {string | null} which */
  step(step) {
    const open = this.#open
    const at = open.indexOf(this.current.peek() ?? '')
    if (open.length > 0) this.#choose(open[(Math.max(at, 0) + step + open.length) % open.length])
    return this.current.peek()
  }

  /** Somebody looks at this card. @param {string} id */
  choose(id) {
    if (this.#open.includes(id)) this.#choose(id)
  }

  /**
   * Shows how it ended: for a while, or for as long as it may be asked again.
   * @param {Schemas['Approval']} approval
   * @param {{ wasFirst?: boolean, stays?: boolean }} [how]
   */
  settle(approval, { wasFirst = false, stays = false } = {}) {
    const { id } = approval
    const known = this.settled.peek().get(id)
    if (!this.order.peek().includes(id) || (known && (stays || !known.stays))) return
    batch(() => {
      this.settled.value = new Map(this.settled.value).set(id, { approval, wasFirst, stays })
      if (this.current.value === id) this.#choose(this.#open[0] ?? null)
    })
    if (!known) this.#shrunk()
    this.#clear()
    if (!stays) setTimeout(() => this.drop(id), READ)
  }

  /** A pointer is over the cards, or not any more: while it is, none moves away from under it. @param {boolean} isOver */
  point(isOver) {
    this.#isPointedAt = isOver
    this.#clear()
  }

  /** Takes away what was read, unless that would move something that can be pressed. */
  #clear() {
    if (this.#isPointedAt && this.#open.length > 0) return
    const due = [...this.#due]
    this.#due.clear()
    for (const id of due) this.#remove(id)
  }

  /** Takes a settled card away, as soon as that moves nothing. @param {string} id */
  drop(id) {
    this.#due.add(id)
    this.#clear()
  }

  /** @param {string} id */
  #remove(id) {
    const rest = new Map(this.settled.peek())
    if (!rest.delete(id)) return
    batch(() => {
      this.settled.value = rest
      this.order.value = this.order.peek().filter(it => it !== id)
    })
    this.#shrunk()
  }

  /** Somebody has read how it ended. @param {string} id */
  dismiss(id) {
    this.#remove(id)
  }

  /** A key for the current card. @param {string} key @returns {boolean} whether there was something to do */
  press(key) {
    const does = this.keys.get(this.current.peek() ?? '')?.[key]
    if (does && this.isStill) does()
    return Boolean(does)
  }
}
