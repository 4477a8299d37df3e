// A stream that is held for as long as it is wanted: it comes back after every break, sleeps while nobody looks, and
// says how it is.
import { backoff, isPassing, wait } from './api.js'
import { takePlace } from './places.js'
import { follow } from './stream.js'
import { signal } from '../vendor/ui.js'

/** The server sends something at least every 15 seconds. Silent for longer than this, in milliseconds, a stream is slow… */
const SLOW = 25000
/** …and silent for longer than this it is dead. */
const DEAD = 45000
/** So long may the server take to say that it is there, while a stream is slow, in milliseconds. */
const ANSWER = 10000
/** After so long unseen, in milliseconds, a tab holds no stream. */
const UNSEEN = 30000
/** How often a tab asks that finds no place for a stream, in milliseconds. */
const ASKS = 2000

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
 * @property {(wasLive: boolean, wasAsleep: boolean) => void} [opened]
 * @property {() => Promise<void>} [poll] asks for what is new; for a stream that is one of many, and counted
 * @property {boolean} [isKept] it is held while nobody looks, too
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
  #isAsleep = false
  #others = new BroadcastChannel('wardroom streams')

  /** @param {Source} source */
  constructor(source) {
    this.source = source
  }

  /** Begins; returns at once. */
  start() {
    const { signal } = this.#stop
    if (!this.source.isKept) {
      document.addEventListener('visibilitychange', () => this.#look(), { signal })
      // Another tab is looked at and needs a connection: this one has nobody to hold one for.
      this.#others.addEventListener('message', () => document.hidden && this.#sleep(), { signal })
      this.#look()
      this.#isAsleep = document.hidden
    }
    addEventListener('online', () => this.#hurry(), { signal })
    addEventListener('offline', () => this.#drop(), { signal })
    this.#run().catch(error => {
      this.state.value = { name: 'ended', reason: 'refused' }
      this.source.failed(error)
    })
    return this
  }

  /** Ends for good. */
  stop() {
    clearTimeout(this.#unseen)
    this.#stop.abort()
    this.#others.close()
    this.#drop()
    this.#hurry()
  }

  /** Tries now what would be tried later. */
  now() {
    this.#hurry()
  }

  #look() {
    clearTimeout(this.#unseen)
    if (document.hidden) return void (this.#unseen = setTimeout(() => this.#sleep(), UNSEEN))
    this.#isAsleep = false
    this.#others.postMessage('seen')
    this.#hurry()
  }

  #sleep() {
    this.#isAsleep = true
    this.#drop()
    this.#hurry()
  }

  async #run() {
    for (let attempt = 0, wasLive = false, wasAsleep = false; !this.#stop.signal.aborted;) {
      if (this.#isAsleep) {
        await this.#wait({ name: 'asleep' })
        wasAsleep = true
        continue
      }
      const opened = () => {
        this.state.value = { name: 'live' }
        this.source.opened?.(wasLive, wasAsleep)
        wasLive = true
        wasAsleep = false
        attempt = 0
      }
      const last = await this.#once(opened)
      if (this.#stop.signal.aborted) return
      const reason = last?.type === 'end' && last.payload.reason
      if (reason && reason !== 'shutdown') {
        this.state.value = { name: 'ended', reason }
        return
      }
      if (last?.type !== 'reset' && last?.type !== 'asked') await this.#rest(attempt++)
    }
  }

  /** One connection, to its end; asks for once where this browser holds enough streams. @param {() => void} opened */
  async #once(opened) {
    try {
      const leave = this.source.poll ? await takePlace() : () => {}
      if (!leave) return await this.#ask(opened)
      const last = await this.#follow(opened).finally(leave)
      if (last?.type === 'reset') await this.source.reset?.(last.payload.reason)
      return last
    } catch (error) {
      const failure = /** @type {import('./api.js').Failure} */ (error)
      if (isPassing(failure) || failure.status === 429 || failure.status === 500) return null
      throw failure
    }
  }

  /** Asks now and then, until a stream can be held. @param {() => void} opened */
  async #ask(opened) {
    await this.source.poll?.()
    if (this.state.peek().name !== 'live') opened()
    await this.#wait({ name: 'live' }, ASKS)
    return { type: 'asked' }
  }

  /** A stream, to its end. @param {() => void} opened */
  async #follow(opened) {
    const broken = new AbortController()
    this.#drop = () => broken.abort()
    if (this.#isAsleep || this.#stop.signal.aborted) return null
    let slow = 0
    let dead = 0
    const stirred = () => {
      clearTimeout(slow)
      clearTimeout(dead)
      if (this.state.value.name === 'slow') this.state.value = { name: 'live' }
      slow = setTimeout(() => this.#doubt(broken), SLOW)
      dead = setTimeout(this.#drop, DEAD)
    }
    stirred()
    const { path, position, heard } = this.source
    return await follow(path, position(), { opened, stirred, heard }, broken.signal).finally(() => {
      clearTimeout(slow)
      clearTimeout(dead)
    })
  }

  /** Nothing came for long. The server is asked whether it is there; if it is not, the stream is not waited for. @param {AbortController} stream */
  async #doubt(stream) {
    this.state.value = { name: 'slow' }
    const asked = fetch('/livez', { cache: 'no-store' })
      // To its end: a connection that is not read from is none for others.
      .then(it => it.text())
      .then(
        () => true,
        () => false,
      )
    const isThere = await Promise.race([asked, wait(ANSWER)])
    if (!isThere && this.state.peek().name === 'slow') stream.abort()
  }

  /** Waits until it is worth trying again. @param {number} attempt */
  async #rest(attempt) {
    if (this.#isAsleep) return
    if (navigator.onLine === false) return this.#wait({ name: 'offline' })
    const pause = backoff(attempt)
    await this.#wait({ name: 'reconnecting', attempt: attempt + 1, at: Date.now() + pause }, pause)
  }

  /** Says how it is, until something makes it hurry or the time is over. @param {State} state @param {number} [ms] */
  async #wait(state, ms) {
    this.state.value = state
    let timer = 0
    await new Promise(done => {
      this.#hurry = () => done(undefined)
      if (ms !== undefined) timer = setTimeout(done, ms)
    })
    clearTimeout(timer)
    this.#hurry = () => {}
    if (state.name === 'asleep' || state.name === 'offline') this.state.value = { name: 'connecting' }
  }
}
