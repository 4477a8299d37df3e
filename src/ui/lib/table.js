// Rows by their id, as a signal that does not copy all of them for each one that changes.
import { signal } from '../vendor/ui.js'

/** @template T */
export class Table {
  /** @type {Map<string, T>} */
  #rows
  #version = signal(0)

  /** @param {Iterable<[string, T]>} [rows] */
  constructor(rows = []) {
    this.#rows = new Map(rows)
  }

  /** The rows; who reads them here is told when one changes. */
  get value() {
    return this.#version.value >= 0 ? this.#rows : new Map()
  }

  /** The rows, for who needs not be told. */
  peek() {
    return this.#rows
  }

  /** @param {string} id @param {T} row */
  put(id, row) {
    this.#rows.set(id, row)
    this.#version.value = this.#version.peek() + 1
  }
}
