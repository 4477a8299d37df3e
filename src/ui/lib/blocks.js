// Markdown that is still being written, split where a block has ended: what has ended never changes again.

const FENCE = /^ {0,3}(`{3,}|~{3,})/
const ITEM = /^\s{0,3}([-*+]|\d{1,9}[.)])\s/

/** Splits a text that grows. */
export class Blocks {
  /** What the last block is so far, without the line that is being written. */
  #block = ''
  #line = ''
  #fence = ''
  #blank = false
  #isList = false

  /**
   * Takes more of the text.
   * @param {string} text
   * @returns {string[]} the blocks that have ended
   */
  push(text) {
    const ended = []
    const lines = (this.#line + text).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) {
      const block = this.#take(line)
      if (block) ended.push(block)
    }
    return ended
  }

  /** What has not ended yet. */
  get tail() {
    return this.#block + this.#line
  }

  /** Whether what is written now stands in a fence. */
  get isCode() {
    return this.#fence !== ''
  }

  /** @param {string} line @returns {string | null} the block before it, if that has ended */
  #take(line) {
    if (this.#fence) {
      this.#block += `${line}\n`
      const closing = line.match(FENCE)?.[1]
      const closes = closing?.startsWith(this.#fence) && line.trim() === closing
      if (!closes) return null
      this.#fence = ''
      return this.#isList ? null : this.#end('')
    }
    const isBlank = line.trim() === ''
    const fence = line.match(FENCE)?.[1]
    // A list goes on over blank lines, with another item or with what is indented below it.
    const goesOn = this.#isList && (ITEM.test(line) || /^(\s{2,}|\t)/.test(line))
    const begins = Boolean(fence) && !this.#isList
    const ended = !isBlank && ((this.#blank && !goesOn) || begins) ? this.#end('') : null
    if (this.#block === '' && !isBlank) this.#isList = ITEM.test(line)
    if (fence) this.#fence = fence
    this.#block += `${line}\n`
    this.#blank = isBlank
    return ended
  }

  /** @param {string} next */
  #end(next) {
    const block = this.#block
    this.#block = next
    this.#blank = false
    this.#isList = false
    return block.trim() ? block : null
  }
}
