// The cards that wait on a page: which one is current, and what becomes of those that were decided.
import { batch, signal } from '../vendor/ui.js'

/** For so long after the current card changed, a key or a click was meant for what stood there before, in milliseconds. */
const STILL = 400
/** How long an outcome stays to be read, in milliseconds. */
const READ = 6000

/** @typedef {{ approval: Schemas['Approval'], wasFirst: boolean }} Settled */

/** A deck of cards. New ones go below; none moves another. */
export class Deck {
  /** @type {import('../vendor/ui.js').Signal<string[]>} */
  order = signal([])
  /** @type {import('../vendor/ui.js').Signal<string | null>} */
  current = signal(null)
  /** @type {import('../vendor/ui.js').Signal<Map<string, Settled>>} */
  settled = signal(new Map())
  /** What the keys do, by card. @type {Map<string, Record<string, () => void>>} */
  keys = new Map()
  #movedAt = 0
  #clock

  /** @param {() => number} [clock] */
  constructor(clock = () => performance.now()) {
    this.#clock = clock
  }

  /** Whether what is pressed now can have been meant for what is there now. */
  get isStill() {
    return this.#clock() - this.#movedAt > STILL
  }

  #moved() {
    this.#movedAt = this.#clock()
  }

  /**
   * Takes over what waits; what does not wait any more stays where it is until its outcome was read.
   * @param {string[]} waiting
   */
  deal(waiting) {
    const stays = this.order.peek().filter(id => waiting.includes(id) || this.settled.peek().has(id))
    const fresh = waiting.filter(id => !stays.includes(id))
    if (fresh.length === 0 && stays.length === this.order.peek().length) return
    if (stays.length < this.order.peek().length) this.#moved()
    batch(() => {
      this.order.value = [...stays, ...fresh]
      const { value } = this.current
      if (!value || !this.order.value.includes(value)) this.#choose(this.#open[0] ?? null)
    })
  }

  get #open() {
    return this.order.peek().filter(id => !this.settled.peek().has(id))
  }

  /** @param {string | null} id */
  #choose(id) {
    if (id === this.current.peek()) return
    this.current.value = id
    this.#moved()
  }

  /** Makes another card current. @param {1 | -1} step @returns {string | null} which */
  step(step) {
    const open = this.#open
    const at = open.indexOf(this.current.peek() ?? '')
    if (open.length > 0) this.#choose(open[(at + step + open.length) % open.length])
    return this.current.peek()
  }

  /** Somebody looks at this card. @param {string} id */
  choose(id) {
    if (this.#open.includes(id)) this.current.value = id
  }

  /** Shows how it ended, for a while. @param {Schemas['Approval']} approval @param {boolean} [wasFirst] somebody else did it */
  settle(approval, wasFirst = false) {
    const { id } = approval
    if (!this.order.peek().includes(id) || this.settled.peek().has(id)) return
    batch(() => {
      this.settled.value = new Map(this.settled.value).set(id, { approval, wasFirst })
      if (this.current.value === id) this.#choose(this.#open[0] ?? null)
    })
    setTimeout(() => this.drop(id), READ)
  }

  /** Takes a card away. @param {string} id */
  drop(id) {
    const rest = new Map(this.settled.peek())
    rest.delete(id)
    this.settled.value = rest
    this.deal(this.order.peek().filter(it => it !== id && !rest.has(it)))
  }

  /** A key for the current card. @param {string} key @returns {boolean} whether there was something to do */
  press(key) {
    const does = this.keys.get(this.current.peek() ?? '')?.[key]
    if (does && this.isStill) does()
    return Boolean(does)
  }
}
