// JSON of whatever shape, as people read it and write it.
import { json, shown } from './text.js'

/** More parts than these are not read one by one. */
const MOST = 12

/** @param {unknown} value */
const isRecord = value => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A part as it is read: a text as it is written, anything else as JSON. @param {unknown} value */
const asText = value => (typeof value === 'string' ? value : json(value))

/**
 * The parts of something, each with its name; one without a name where it is not made of a few.
 * @param {unknown} details
 * @returns {{ name: string, text: string }[]}
 */
export function partsOf(details) {
  if (details === null || details === undefined) return []
  const entries = isRecord(details) ? Object.entries(/** @type {object} */ (details)) : null
  if (!entries || entries.length > MOST) return [{ name: '', text: asText(details) }]
  return entries.map(([name, value]) => ({ name: shown(name), text: asText(value) }))
}

/** The JSON that somebody wrote; nothing at all is null. @param {string} text */
export function parametersOf(text) {
  return text.trim() === '' ? null : JSON.parse(text)
}

/** What to begin with: every parameter that a schema names, empty. @param {any} schema */
export function skeleton(schema) {
  const { properties } = schema ?? {}
  if (typeof properties !== 'object' || properties === null) return '{}'
  const EMPTY = /** @type {Record<string, any>} */ ({
    string: '',
    number: 0,
    integer: 0,
    boolean: false,
    array: [],
    object: {},
  })
  const given = Object.entries(properties).map(([name, it]) => [name, it?.default ?? EMPTY[it?.type] ?? null])
  return json(Object.fromEntries(given))
}
