// A session that is loaded and then followed.
import { say } from '../../components/toast.js'
import { api, isPassing } from '../../lib/api.js'
import { Live } from '../../lib/live.js'
import { SharedSession, seqOf } from '../../model/session.js'
import { signal } from '../../vendor/ui.js'
import { keepPlace } from './place.js'
import { Presence } from './presence.js'

/** So many events are loaded at once, and so many are shown at first. */
const PAGE = 500
const FIRST = 1000
/** When nothing came for so long, all that was missed has come, in milliseconds; and that is not waited for much longer. */
const QUIET = 300
const LONGEST = 3000
/** How long until it is loaded again that could not be, in milliseconds. */
const AGAIN = 3000

/** So much is asked at the same time. */
const WIDE = 3

/**
 * Events behind a position, up to another.
 * @param {string} base
 * @param {number} after
 * @param {number} to
 */
async function events(base, after, to) {
  const size = Math.max(PAGE, Math.ceil((to - after) / WIDE))
  const parts = []
  for (let from = after; from < to; from += size) parts.push(inOrder(base, from, Math.min(from + size, to)))
  return (await Promise.all(parts)).flat()
}

/**
 * The same, page by page; a page may hold less than was asked for.
 * @param {string} base
 * @param {number} after
 * @param {number} to
 */
async function inOrder(base, after, to) {
  const all = []
  for (let from = String(after), last = after; last < to;) {
    const page = await api(`${base}/events?limit=${Math.min(PAGE, to - last)}&after=${from}`)
    if (page.events.length === 0) break
    all.push(...page.events)
    from = page.nextAfter
    last = page.events.at(-1).seq
  }
  return all.filter(it => it.seq <= to)
}

/** A session on the page, from its first load to the end of its stream. */
export class Followed {
  /** @type {import('../../vendor/ui.js').Signal<SharedSession | null>} */
  of = signal(null)
  /** @type {import('../../vendor/ui.js').Signal<any>} */
  error = signal(null)
  /** How many items came while somebody read what was before. */
  fresh = signal(0)
  #missed = 0
  #openedAt = 0
  #isAwake = false
  /** It was just loaded: nothing was missed. */
  #isNew = false
  #saying = 0
  #again = 0
  #isStopped = false

  /** @param {string} id @param {Schemas['Me']} me */
  constructor(id, me) {
    this.id = id
    this.me = me
    this.base = `/api/shared-sessions/${id}`
    this.presence = new Presence(this.base, () => this.of.peek())
    this.live = new Live({
      path: `${this.base}/stream`,
      position: () => this.of.peek()?.position ?? null,
      heard: (frames, position) => this.#hear(frames, position),
      opened: (wasLive, wasAsleep) => this.#opened(wasLive, wasAsleep),
      poll: () => this.#poll(),
      reset: async () => {
        clearTimeout(this.#saying)
        this.#saying = 0
        await this.load()
        this.#isNew = true
        say('Reloaded the timeline')
      },
      failed: error => (this.error.value = error),
    })
  }

  /** @param {any[]} frames @param {string} [position] */
  #hear(frames, position) {
    const of = this.of.peek()
    if (!of) return
    const before = of.timeline.count
    const count = of.hear(frames, position)
    this.fresh.value += of.timeline.count - before
    if (frames.some(it => it.type === 'participant_joined' || (it.type === 'presence' && it.payload.state === 'idle')))
      this.presence.ask()
    if (!this.#saying || count === 0) return
    this.#missed += count
    this.#saySoon()
  }

  /** @param {boolean} wasLive @param {boolean} wasAsleep */
  #opened(wasLive, wasAsleep) {
    this.presence.open()
    const isNew = this.#isNew || !wasLive
    this.#isNew = false
    if (isNew) return
    this.#missed = 0
    this.#openedAt = Date.now()
    this.#isAwake = wasAsleep
    this.#saySoon()
  }

  /** Says how much was missed, when all of it has come. */
  #saySoon() {
    clearTimeout(this.#saying)
    const rest = Math.max(0, this.#openedAt + LONGEST - Date.now())
    this.#saying = setTimeout(
      () => {
        this.#saying = 0
        if (this.#missed > 0) say(`Caught up, ${this.#missed} event${this.#missed === 1 ? '' : 's'}`)
        else if (!this.#isAwake) say('Connected again')
      },
      Math.min(QUIET, rest),
    )
  }

  /** What is new, without a stream. */
  async #poll() {
    for (let length = PAGE; length === PAGE;) {
      const position = this.of.peek()?.position ?? '0'
      const page = await api(`${this.base}/events?limit=${PAGE}&after=${position}`)
      this.#hear(page.events, page.nextAfter)
      length = page.events.length
    }
  }

  /** Loads it, and begins to follow. */
  async start() {
    try {
      await this.load()
      if (!this.#isStopped) this.live.start()
    } catch (error) {
      this.error.value = error
      if (isPassing(error) && !this.#isStopped) this.#again = setTimeout(() => this.start(), AGAIN)
    }
  }

  /** The snapshot, and what happened last before it; as much as was there already. */
  async load() {
    const snapshot = await api(this.base)
    const to = seqOf(snapshot.asOf)
    const from = Math.min(this.of.peek()?.first ?? Infinity, to - FIRST + 1)
    const of = new SharedSession(snapshot, this.me)
    of.replay(await events(this.base, Math.max(0, from - 1), to))
    this.error.value = null
    const show = async () => void (this.of.value = of)
    await (this.of.peek() ? keepPlace(show) : show())
  }

  /** What happened before what is there, as far back as an event if there is one to show. @param {number} [seq] */
  more = async seq => {
    const of = this.of.peek()
    if (!of || of.first <= 1) return
    const to = of.first - 1
    const after = Math.min(to - PAGE, (seq ?? Infinity) - PAGE / 10)
    const earlier = await events(this.base, Math.max(0, after), to)
    await keepPlace(async () => of.replay(earlier, seq))
  }

  /** Makes sure that an event is there. @param {number} seq @returns {Promise<string | null>} the id of the element it is in */
  async find(seq) {
    const of = this.of.peek()
    if (of && of.first > seq) await this.more(seq)
    return of?.timeline.find(seq) ?? null
  }

  stop() {
    this.#isStopped = true
    clearTimeout(this.#again)
    this.presence.stop()
    this.live.stop()
  }
}
