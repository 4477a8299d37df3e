// A session that is loaded and then followed.
import { api, isPassing } from '../../lib/api.js'
import { Live } from '../../lib/live.js'
import { SharedSession, seqOf } from '../../model/session.js'
import { signal } from '../../vendor/ui.js'
import { say } from '../../components/toast.js'

/** So many events are loaded at once, and shown at first. */
const PAGE = 500
const FIRST = 1000

/**
 * Events behind a position, up to another.
 * @param {string} base
 * @param {number} after
 * @param {number} to
 */
async function events(base, after, to) {
  const all = []
  for (let from = String(after), last = after; last < to; ) {
    const page = await api(`${base}/events?limit=${PAGE}&after=${from}`)
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
  /** How many events came while somebody read what was before. */
  fresh = signal(0)

  /** @param {string} id @param {Schemas['Me']} me */
  constructor(id, me) {
    this.id = id
    this.me = me
    this.base = `/api/shared-sessions/${id}`
    this.live = new Live({
      path: `${this.base}/stream`,
      position: () => this.of.peek()?.position ?? null,
      heard: (frames, position) => {
        const count = this.of.peek()?.hear(frames, position) ?? 0
        this.fresh.value += count
        this.#caughtUp += count
      },
      opened: wasLive => {
        this.#caughtUp = 0
        if (wasLive) setTimeout(() => say(this.#caughtUp > 0 ? `Caught up, ${this.#caughtUp} events` : 'Connected again'), 300)
      },
      reset: async () => {
        await this.load()
        say('Reloaded the timeline')
      },
      failed: error => (this.error.value = error),
    })
  }

  #caughtUp = 0

  /** Loads it, and begins to follow. */
  async start() {
    try {
      await this.load()
      this.live.start()
    } catch (error) {
      this.error.value = error
      if (!isPassing(error)) return
      setTimeout(() => this.of.peek() ?? this.start(), 3000)
    }
  }

  /** The snapshot, and what happened last before it. */
  async load() {
    const snapshot = await api(this.base)
    const to = seqOf(snapshot.asOf)
    const of = new SharedSession(snapshot, this.me)
    of.replay(await events(this.base, Math.max(0, to - FIRST), to))
    this.error.value = null
    this.of.value = of
  }

  /** What happened before what is there. */
  more = async () => {
    const of = this.of.peek()
    if (!of || of.first <= 1) return
    const to = of.first - 1
    of.replay(await events(this.base, Math.max(0, to - FIRST), to))
  }

  stop() {
    this.live.stop()
  }
}
