// What waits for me, in all sessions. One tab of a browser holds the stream and tells the others, seen or unseen: a browser
// has few connections to a server. When it is closed, another takes over.
import { api } from '../lib/api.js'
import { Live } from '../lib/live.js'
import { notify } from '../lib/notify.js'
import { isSeen, lead, showWhetherSeen } from '../lib/places.js'
import { notifications } from '../lib/prefs.js'
import { go } from '../lib/router.js'
import { plain } from '../lib/text.js'
import { batch, computed, effect, signal } from '../vendor/ui.js'
import { inOrder } from './deck.js'

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
  /** How the connection is, whichever tab holds it. */
  connection = {
    state: signal(/** @type {import('../lib/live.js').State} */ ({ name: 'connecting' })),
    now: () => this.#hurry(),
  }
  /** @type {Live | null} */
  #live = null
  #others = new BroadcastChannel('wardroom inbox')
  #known = new Set()
  #isStarted = false
  /** What came of an inbox that is not complete yet. @type {Waiting} */
  #begun = { approvals: [], dispatches: [] }

  /** Begins. @param {Schemas['Me'] | null} me */
  start(me) {
    this.me.value = me
    // The tab that holds the stream tells what it knows; whose stream has ended begins anew, as whoever is signed in now.
    this.#others.postMessage({ hello: true })
    this.#renew()
    if (this.#isStarted) return
    this.#isStarted = true
    this.#others.addEventListener('message', ({ data }) => this.#told(data))
    showWhetherSeen()
    void lead('wardroom inbox', () => {
      this.#hold()
      return () => {
        this.#live?.stop()
        this.#live = null
      }
    })
  }

  /** What another tab says. @param {any} data */
  #told({ waiting, over, state, hello, hurry }) {
    if (waiting) this.#take(waiting, over)
    if (state) this.connection.state.value = state
    if (!this.#live) return
    if (hello) {
      this.#renew()
      if (this.isLoaded.peek()) this.#tell()
      this.#others.postMessage({ state: this.#live.state.peek() })
    }
    if (hurry) this.#live.now()
  }

  #hurry() {
    if (this.#live) this.#live.now()
    else this.#others.postMessage({ hurry: true })
  }

  /** Holds the stream, for as long as this tab leads. */
  #hold() {
    this.#live = new Live({
      path: '/api/inbox/stream',
      position: () => null,
      heard: frames => frames.forEach(it => this.#hear(it)),
      opened: () => (this.#begun = { approvals: [], dispatches: [] }),
      failed: () => {},
      isKept: true,
    })
    this.#live.start()
    const { state } = this.#live
    effect(() => {
      this.connection.state.value = state.value
      this.#others.postMessage({ state: state.value })
    })
  }

  #renew() {
    if (this.#live?.state.peek().name === 'ended') this.#hold()
  }

  /** Asks once. */
  async ask() {
    /** @type {Waiting} */
    const all = { approvals: [], dispatches: [] }
    try {
      for (let cursor = ''; cursor !== null;) {
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
      if (payload.complete !== false) this.#set(this.#begun)
    }
    if (type !== 'inbox_changed') return
    const { approvals, dispatches } = this.waiting.peek()
    const now = {
      approvals: merge(approvals, payload.approvals, payload.gone),
      dispatches: merge(dispatches, payload.dispatches, payload.gone),
    }
    this.#set(
      now,
      payload.approvals.filter((/** @type {Schemas['Approval']} */ it) => it.status !== 'pending'),
    )
  }

  /** What the server said of one of them, before the stream says it. @param {Schemas['Approval']} approval */
  changed(approval) {
    const { approvals, dispatches } = this.waiting.peek()
    const isOver = approval.status !== 'pending'
    this.#set({ approvals: merge(approvals, isOver ? [] : [approval], isOver ? [approval.id] : []), dispatches })
  }

  /** @param {Waiting} waiting @param {Schemas['Approval'][]} [over] what does not wait any more */
  #set({ approvals, dispatches }, over = []) {
    const fresh = approvals.filter(it => this.isLoaded.peek() && !this.#known.has(it.id))
    this.#take({ approvals, dispatches }, over)
    this.#tell(over)
    // Only the tab that holds the stream comes here first; it tells when no tab is looked at.
    if (fresh.length > 0) void isSeen().then(isSeen => isSeen || fresh.forEach(it => this.#notify(it)))
  }

  /** @param {Waiting} waiting @param {Schemas['Approval'][]} [over] */
  #take(waiting, over = []) {
    for (const it of waiting.approvals) this.#known.add(it.id)
    batch(() => {
      if (over.length > 0) this.decided.value = over
      this.waiting.value = waiting
      this.isLoaded.value = true
    })
  }

  /** @param {Schemas['Approval'][]} [over] */
  #tell(over) {
    this.#others.postMessage({ waiting: this.waiting.peek(), over })
  }

  /** @param {Schemas['Approval']} it */
  #notify(it) {
    const isWanted = notifications.value === 'all' || (notifications.value === 'mine' && it.kind !== 'prompt')
    const path = it.sharedSessionId ? `/s/${it.sharedSessionId}#a-${it.id}` : '/'
    const what = { id: it.id, title: 'This waits for you', text: plain(it.action), path }
    if (isWanted) notify(what, go)
  }
}

export const inbox = new Inbox()
