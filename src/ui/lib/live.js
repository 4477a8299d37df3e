// A stream that is held for as long as it is wanted: it comes back after every break, sleeps while nobody looks, and
// says how it is.
import { backoff, isPassing } from './api.js'
import { follow } from './stream.js'
import { signal } from '../vendor/ui.js'

/** The server sends something at least every 15 seconds. Silent for longer than this, in milliseconds, a stream is slow… */
const SLOW = 25000
/** …and silent for longer than this it is dead. */
const DEAD = 40000
/** After so long unseen, in milliseconds, a tab holds no stream. */
const UNSEEN = 30000

/**
 * How the connection is. `asleep` is a hidden tab; `ended` has the server's reason.
 * @typedef {{ name: 'connecting' | 'live' | 'slow' | 'asleep' | 'offline' }
 *   | { name: 'reconnecting', attempt: number, at: number }
 *   | { name: 'ended', reason: string }} State
 */

/**
 * @typedef {object} Source what is streamed
 * @property {string} path
 * @property {() => string | null} position where to go on
 * @property {(events: any[], position?: string) => void} heard
 * @property {(wasLive: boolean) => void} [opened]
 * @property {(reason: string) => Promise<void> | void} [reset] the server has another history: load it again
 * @property {(error: import('./api.js').Failure) => void} failed there is no use in trying again
 */

/** Holds a stream. */
export class Live {
  /** @type {import('../vendor/ui.js').Signal<State>} */
  state = signal({ name: 'connecting' })
  #stop = new AbortController()
  #hurry = () => {}
  #drop = () => {}
  #unseen = 0

  /** @param {Source} source */
  constructor(source) {
    this.source = source
  }

  /** Begins; returns at once. */
  start() {
    const { signal } = this.#stop
    document.addEventListener('visibilitychange', () => this.#look(), { signal })
    addEventListener('online', () => this.#hurry(), { signal })
    addEventListener('offline', () => this.#drop(), { signal })
    this.#run().catch(error => this.source.failed(error))
    return this
  }

  /** Ends for good. */
  stop() {
    clearTimeout(this.#unseen)
    this.#stop.abort()
    this.#drop()
    this.#hurry()
  }

  /** Tries now what would be tried later. */
  now() {
    this.#hurry()
  }

  #look() {
    clearTimeout(this.#unseen)
    if (document.hidden) this.#unseen = setTimeout(() => this.#drop(), UNSEEN)
    else this.#hurry()
  }

  async #run() {
    for (let attempt = 0, wasLive = false; !this.#stop.signal.aborted; ) {
      const opened = () => {
        this.state.value = { name: 'live' }
        this.source.opened?.(wasLive)
        wasLive = true
        attempt = 0
      }
      const last = await this.#once(opened)
      if (this.#stop.signal.aborted) return
      if (last?.type === 'reset') await this.source.reset?.(last.payload.reason)
      const reason = last?.type === 'end' && last.payload.reason
      if (reason && reason !== 'shutdown') {
        this.state.value = { name: 'ended', reason }
        return
      }
      if (last?.type !== 'reset') await this.#rest(attempt++)
    }
  }

  /** One connection, to its end. @param {() => void} opened */
  async #once(opened) {
    const broken = new AbortController()
    this.#drop = () => broken.abort()
    let slow = 0
    let dead = 0
    const stirred = () => {
      clearTimeout(slow)
      clearTimeout(dead)
      if (this.state.value.name === 'slow') this.state.value = { name: 'live' }
      slow = setTimeout(() => (this.state.value = { name: 'slow' }), SLOW)
      dead = setTimeout(this.#drop, DEAD)
    }
    stirred()
    const { path, position, heard } = this.source
    try {
      return await follow(path, position(), { opened, stirred, heard }, broken.signal)
    } catch (error) {
      const failure = /** @type {import('./api.js').Failure} */ (error)
      if (isPassing(failure) || failure.status === 429 || failure.status === 500) return null
      throw failure
    } finally {
      clearTimeout(slow)
      clearTimeout(dead)
    }
  }

  /** Waits until it is worth trying again. @param {number} attempt */
  async #rest(attempt) {
    const sleeps = document.hidden && attempt === 0
    const pause = navigator.onLine === false || sleeps ? null : backoff(attempt)
    if (pause !== null) this.state.value = { name: 'reconnecting', attempt: attempt + 1, at: Date.now() + pause }
    else this.state.value = { name: navigator.onLine === false ? 'offline' : 'asleep' }
    await new Promise(done => {
      this.#hurry = () => done(undefined)
      if (pause !== null) setTimeout(done, pause)
    })
    this.#hurry = () => {}
    if (this.state.value.name !== 'reconnecting') this.state.value = { name: 'connecting' }
  }
}
