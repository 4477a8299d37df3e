// Markdown that is being written. What has ended is appended once and never touched again; only the tail is rendered anew,
// and that at most once a frame.
import { Blocks } from '../lib/blocks.js'
import { plain } from '../lib/text.js'

/** Renders Markdown; until it is loaded, text is shown as it was written. @type {typeof import('../lib/markdown.js').markdown | null} */
let markdown = null
const loading = import('../lib/markdown.js').then(it => (markdown = it.markdown))

/** A tail longer than this, in characters, is shown as plain text until it ends: rendering it again would cost too much. */
const LONG = 8000
/** As much as is rendered in one frame, in characters: of a text that is there already, or of one that was missed. */
const SLICE = 8000
/** So many blocks that have ended stand in one part, which the browser leaves alone while it is not on the screen. */
const PART = 12

class StreamText extends HTMLElement {
  #blocks = new Blocks()
  #taken = 0
  #text = ''
  #isDone = false
  #frame = 0
  /** What ends next goes here. @type {HTMLElement | null} */
  #part = null
  #tail = document.createElement('div')
  /** The tail, where it is shown as it was written: it only grows. @type {Text | null} */
  #raw = null
  /** As much of the tail as stands there. */
  #rawTaken = 0

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
    const fresh = this.#text.slice(this.#taken, this.#taken + SLICE)
    this.#taken += fresh.length
    const isAll = this.#taken === this.#text.length
    if (!isAll) this.#frame = requestAnimationFrame(() => this.#draw())
    const ended = this.#blocks.push(fresh)
    for (const block of ended) this.#end(markdown(block))
    if (ended.length > 0) this.#raw = null
    const { tail, isCode } = this.#blocks
    if (this.#isDone && isAll) this.#tail.replaceChildren(markdown(tail))
    else if (isCode) this.#grow(tail, true)
    else if (tail.length > LONG) this.#grow(tail, false)
    else this.#tail.replaceChildren(markdown(tail))
  }

  /** @param {DocumentFragment} block */
  #end(block) {
    if (!this.#part || this.#part.childElementCount >= PART) {
      this.#part = document.createElement('div')
      this.#part.className = 'part'
      this.#tail.before(this.#part)
    }
    this.#part.append(block)
  }

  /** Shows a tail as it was written: what stands there stays. @param {string} text @param {boolean} isCode whether its first line opens a fence */
  #grow(text, isCode) {
    const name = isCode ? 'code' : 'p'
    if (this.#raw?.parentElement?.localName !== name || !this.#raw.isConnected) {
      const box = document.createElement(name)
      this.#raw = box.appendChild(document.createTextNode(''))
      this.#rawTaken = isCode ? text.indexOf('\n') + 1 : 0
      const pre = document.createElement('pre')
      pre.append(box)
      this.#tail.replaceChildren(isCode ? pre : box)
    }
    this.#raw.appendData(plain(text.slice(this.#rawTaken)))
    this.#rawTaken = text.length
  }
}

customElements.define('stream-text', StreamText)
