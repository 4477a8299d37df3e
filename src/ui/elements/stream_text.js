// Markdown that is being written. What has ended is appended once and never touched again; only the tail is rendered anew,
// and that at most once a frame.
import { Blocks } from '../lib/blocks.js'
import { plain } from '../lib/text.js'

/** Renders Markdown; until it is loaded, text is shown as it was written. @type {typeof import('../lib/markdown.js').markdown | null} */
let markdown = null
const loading = import('../lib/markdown.js').then(it => (markdown = it.markdown))

/** A tail longer than this, in characters, is shown as plain text until it ends: rendering it again would cost too much. */
const LONG = 8000

class StreamText extends HTMLElement {
  #blocks = new Blocks()
  #taken = 0
  #text = ''
  #isDone = false
  #frame = 0
  #tail = document.createElement('div')
  /** The code that is being written, if that is what the tail is: it only grows. @type {Text | null} */
  #code = null

  connectedCallback() {
    if (!this.#tail.parentNode) this.append(this.#tail)
    if (this.#text && !this.#frame) this.#draw()
  }

  /** Shows the text so far. @param {string} text of which all that was shown before is the beginning @param {boolean} isDone */
  show(text, isDone) {
    const isFirst = this.#taken === 0
    this.#text = text
    this.#isDone = isDone
    if (isFirst) this.#draw()
    else this.#frame ||= requestAnimationFrame(() => this.#draw())
  }

  #draw() {
    this.#frame = 0
    if (!markdown) {
      this.#tail.replaceChildren(plain(this.#text))
      return void loading.then(() => this.#draw())
    }
    const fresh = this.#text.slice(this.#taken)
    this.#taken = this.#text.length
    const ended = this.#blocks.push(fresh)
    for (const block of ended) this.#tail.before(markdown(block))
    if (ended.length > 0) this.#code = null
    const { tail, isCode } = this.#blocks
    if (this.#isDone) this.#tail.replaceChildren(markdown(tail))
    else if (isCode) this.#grow(tail)
    else if (tail.length > LONG) this.#tail.replaceChildren(plain(tail))
    else this.#tail.replaceChildren(markdown(tail))
  }

  /** @param {string} tail a fence that is open, from its beginning */
  #grow(tail) {
    const code = tail.slice(tail.indexOf('\n') + 1)
    if (!this.#code?.isConnected) {
      const pre = document.createElement('pre')
      this.#code = document.createTextNode('')
      pre.append(document.createElement('code'))
      pre.firstElementChild?.append(this.#code)
      this.#tail.replaceChildren(pre)
    }
    const shown = plain(code)
    const { length } = this.#code
    if (shown.length > length) this.#code.appendData(shown.slice(length))
  }
}

customElements.define('stream-text', StreamText)
