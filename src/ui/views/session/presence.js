// Telling the others what I do, and asking who is here: events say neither.
import { api, tell } from '../../lib/api.js'

/** The server tells the others once a second at most what somebody does, in milliseconds. */
const PAUSE = 1000
/** How often it is told that I still write, in milliseconds. */
const AGAIN = 4000
/** How often it is asked who is here, in milliseconds. */
const ASKS = 15000

/** What I do in a session, told to the others; and who of them is here. */
export class Presence {
  /** @type {'watching' | 'typing' | 'idle'} */
  #does = 'idle'
  #told = ''
  #toldAt = 0
  #timer = 0
  #asks = 0
  #askSoon = 0
  #isOpen = false
  #stop = new AbortController()

  /** @param {string} base @param {() => import('../../model/session.js').SharedSession | null} of */
  constructor(base, of) {
    this.base = base
    this.of = of
  }

  /** The stream is open: I am here. */
  open() {
    this.#does = document.hidden ? 'idle' : 'watching'
    this.#told = ''
    this.#tellSoon()
    this.ask()
    if (this.#isOpen) return
    this.#isOpen = true
    const { signal } = this.#stop
    this.#asks = setInterval(() => document.hidden || this.#ask(), ASKS)
    document.addEventListener('visibilitychange', () => this.tell(document.hidden ? 'idle' : 'watching'), { signal })
    addEventListener('pagehide', () => this.#tell('idle'), { signal })
  }

  /** @param {'watching' | 'typing' | 'idle'} does */
  tell(does) {
    this.#does = does
    this.#tellSoon()
  }

  /** Asks who is here, when the server has had the time to know. */
  ask() {
    clearTimeout(this.#askSoon)
    this.#askSoon = setTimeout(() => this.#ask(), PAUSE)
  }

  stop() {
    if (this.#isOpen) this.#tell('idle')
    this.#stop.abort()
    clearTimeout(this.#timer)
    clearTimeout(this.#askSoon)
    clearInterval(this.#asks)
  }

  #tellSoon() {
    clearTimeout(this.#timer)
    const isSaid = this.#does === this.#told && (this.#does !== 'typing' || Date.now() - this.#toldAt < AGAIN)
    const pause = Math.max(0, this.#toldAt + PAUSE - Date.now())
    if (!isSaid) this.#timer = setTimeout(() => this.#tell(this.#does), pause)
  }

  /** @param {string} does */
  #tell(does) {
    const of = this.of()
    if (!of?.mine || !of.isOpen) return
    this.#told = does
    this.#toldAt = Date.now()
    tell(`${this.base}/signals`, { state: does })
  }

  async #ask() {
    const of = this.of()
    const answer = await api(`${this.base}/participants`).catch(() => null)
    if (answer) of?.count(answer.participants)
  }
}
