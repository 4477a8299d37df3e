// Times, in the reader's own way of writing them.
import { signal } from '../vendor/ui.js'

/** The time, for what counts it in seconds that need not be exact. */
export const now = signal(Date.now())
setInterval(() => (now.value = Date.now()), 5000)

// Made once: to make one takes longer than to use it a hundred times.
const CLOCK = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' })
const MOMENT = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'short' })

/** The time of day. @param {string | number} at */
export const clock = at => CLOCK.format(new Date(at))

/** Day and time. @param {string | number} at */
export const moment = at => MOMENT.format(new Date(at))

/** @type {[number, string][]} */
const UNITS = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** A length of time in its two largest units: "23 h 58 min". @param {number} ms */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const first = UNITS.findIndex(([size]) => seconds >= size)
  if (first < 0) return '0 s'
  const [size, unit] = UNITS[first]
  const whole = Math.floor(seconds / size)
  const next = UNITS[first + 1]
  const rest = next && first < 2 ? Math.floor((seconds % size) / next[0]) : 0
  return rest > 0 ? `${whole} ${unit} ${rest} ${next[1]}` : `${whole} ${unit}`
}

/** How long ago. @param {string | number} at @param {number} [from] */
export function ago(at, from = now.value) {
  const ms = from - new Date(at).getTime()
  return ms < 60000 ? 'just now' : `${span(ms).split(' ').slice(0, 2).join(' ')} ago`
}
