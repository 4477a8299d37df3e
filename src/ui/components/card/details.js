// What a program sent along with what it asks, of any shape: each part by its name, or all of it as JSON.
import { json, shown } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Exact } from './exact.js'

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

/** @param {{ details: unknown }} props */
export const Details = ({ details }) =>
  partsOf(details).map(
    ({ name, text }) => html`<div class="part" key=${name}>
      ${name && html`<p class="muted"><bdi>${name}</bdi></p>`}
      <${Exact} label=${name || 'What was sent along'} text=${text} />
    </div>`,
  )
