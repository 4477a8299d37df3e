// What waits for me, in all sessions. One tab of a browser holds the stream and tells the others: a browser has few
// connections to a server. The tab that is looked at is that one; where nobody looks, one of them asks now and then.
import { api } from '../lib/api.js'
import { Live } from '../lib/live.js'
import { notify } from '../lib/notify.js'
import { notifications } from '../lib/prefs.js'
import { go } from '../lib/router.js'
import { plain } from '../lib/text.js'
import { batch, computed, signal } from '../vendor/ui.js'
import { inOrder } from './deck.js'

/** How often it is asked while nobody looks, in milliseconds. */
const UNSEEN = 30000

/** @typedef {{ approvals: Schemas['Approval'][], dispatches: Schemas['Dispatch'][] }} Waiting */

/** @template {{ id: string }} T @param {T[]} list @param {T[]} changed @param {string[]} gone @returns {T[]} */
const merge = (list, changed, gone) => {
  const rows = new Map(list.map(it => [it.id, it]))
  for (const it of changed) rows.set(it.id, it)
  for (const id of gone) rows.delete(id)
  return [...rows.values()]
}

/** The inbox of this browser. */
class Inbox {
  /** @type {import('../vendor/ui.js').Signal<Schemas['Me'] | null>} */
  me = signal(null)
  /** @type {import('../vendor/ui.js').Signal<Waiting>} */
  waiting = signal({ approvals: [], dispatches: [] })
  isLoaded = signal(false)
  /** What was decided last, by anybody, as the server told it. @type {import('../vendor/ui.js').Signal<Schemas['Approval'][]>} */
  decided = signal([])
  /** What waits for me, what blocks an agent first, then what waits longest. */
  mine = computed(() => {
    const { approvals, dispatches } = this.waiting.value
    const asked = approvals.filter(it => it.status === 'pending').toSorted(inOrder)
    return [...asked, ...dispatches]
  })
  /** The connection, in the tab that holds it. @type {import('../vendor/ui.js').Signal<Live | null>} */
  live = signal(null)
  #others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('wardroom inbox') : null
  #known = new Set()
  #poll = 0
  #isStarted = false
  /** What came of an inbox that is not complete yet. @type {Waiting} */
  #begun = { approvals: [], dispatches: [] }

  /** Begins. @param {Schemas['Me'] | null} me */
  start(me) {
    this.me.value = me
    if (this.#isStarted) return
    this.#isStarted = true
    this.#others?.addEventListener('message', ({ data }) => {
      if (data.waiting) this.#take(data.waiting, data.over)
      else if (this.live.peek()) this.#tell()
    })
    this.#others?.postMessage({ hello: true })
    document.addEventListener('visibilitychange', () => this.#lead())
    this.#lead()
  }

  /** The tab that is looked at leads. Where the browser has no locks, each tab that is looked at does. */
  #lead() {
    if (document.hidden && navigator.locks) return
    if (!navigator.locks) return document.hidden ? this.#follow() : this.#hold()
    navigator.locks
      .request('wardroom inbox', { steal: true }, () => {
        this.#hold()
        return new Promise(() => {})
      })
      .catch(() => this.#follow())
  }

  #hold() {
    if (this.live.peek()) return
    const live = new Live({
      path: '/api/inbox/stream',
      position: () => null,
      heard: frames => frames.forEach(it => this.#hear(it)),
      opened: () => (this.#begun = { approvals: [], dispatches: [] }),
      failed: () => this.#follow(),
    })
    this.live.value = live.start()
    clearInterval(this.#poll)
    // A hidden tab holds no stream for long, so it asks.
    this.#poll = setInterval(() => document.hidden && this.ask(), UNSEEN)
  }

  #follow() {
    clearInterval(this.#poll)
    this.live.peek()?.stop()
    this.live.value = null
  }

  /** Asks once. */
  async ask() {
    /** @type {Waiting} */
    const all = { approvals: [], dispatches: [] }
    try {
      for (let cursor = ''; cursor !== null; ) {
        const page = await api(`/api/approvals${cursor && `?cursor=${encodeURIComponent(cursor)}`}`)
        all.approvals.push(...page.approvals)
        if (cursor === '') all.dispatches.push(...page.dispatches)
        cursor = page.nextCursor
      }
      this.#set(all)
    } catch {
      // It is asked again in a while.
    }
  }

  /** @param {any} frame */
  #hear({ type, payload }) {
    if (type === 'inbox') {
      this.#begun.approvals.push(...payload.approvals)
      this.#begun.dispatches.push(...payload.dispatches)
      if (payload.complete) this.#set(this.#begun)
    }
    if (type !== 'inbox_changed') return
    const { approvals, dispatches } = this.waiting.peek()
    const now = {
      approvals: merge(approvals, payload.approvals, payload.gone),
      dispatches: merge(dispatches, payload.dispatches, payload.gone),
    }
    this.#set(now, payload.approvals.filter((/** @type {Schemas['Approval']} */ it) => it.status !== 'pending'))
  }

  /** What the server said of one of them, before the stream says it. @param {Schemas['Approval']} approval */
  changed(approval) {
    const { approvals, dispatches } = this.waiting.peek()
    const isOver = approval.status !== 'pending'
    this.#set({ approvals: merge(approvals, isOver ? [] : [approval], isOver ? [approval.id] : []), dispatches })
  }

  /** @param {Waiting} waiting @param {Schemas['Approval'][]} [over] what does not wait any more */
  #set({ approvals, dispatches }, over = []) {
    this.#take({ approvals, dispatches }, over)
    this.#tell(over)
    for (const it of approvals) {
      if (document.hidden && this.isLoaded.peek() && !this.#known.has(it.id)) this.#notify(it)
    }
    for (const it of approvals) this.#known.add(it.id)
  }

  /** @param {Waiting} waiting @param {Schemas['Approval'][]} [over] */
  #take(waiting, over = []) {
    batch(() => {
      if (over.length > 0) this.decided.value = over
      this.waiting.value = waiting
      this.isLoaded.value = true
    })
  }

  /** @param {Schemas['Approval'][]} [over] */
  #tell(over) {
    this.#others?.postMessage({ waiting: this.waiting.peek(), over })
  }

  /** @param {Schemas['Approval']} it */
  #notify(it) {
    const isWanted = notifications.value === 'all' || (notifications.value === 'mine' && it.kind !== 'prompt')
    const what = { id: it.id, title: 'This waits for you', text: plain(it.action), path: `/s/${it.sharedSessionId}` }
    if (isWanted) notify(what, go)
  }
}

export const inbox = new Inbox()
