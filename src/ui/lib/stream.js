// The frames of a stream. Not an EventSource: that cannot begin at a position of ours, and hides from the page why a
// stream could not be opened.
import { failure } from './api.js'

/** Splits a text at the ends of frames; what follows the last is kept for the next time. */
export function splitter() {
  let rest = ''
  /** @param {string} text */
  return text => {
    const frames = (rest + text).split('\n\n')
    rest = frames.pop() ?? ''
    return frames
  }
}

/**
 * A frame as its position, if it has one, and its event; null for a heartbeat. Only a line feed ends a line: in a
 * regular expression other characters would too, and people can write them.
 * @param {string} frame
 */
export function parse(frame) {
  const lines = frame.split('\n')
  /** @param {string} name */
  const after = name => lines.find(it => it.startsWith(name))?.slice(name.length)
  const data = after('data: ')
  return data ? { position: after('id: '), event: JSON.parse(data) } : null
}

/**
 * @typedef {object} Ear
 * @property {() => void} opened
 * @property {() => void} [stirred] something came, if only a heartbeat
 * @property {(events: any[], position?: string) => void} heard
 */

/**
 * Reads a stream until it ends or breaks.
 * @param {string} path
 * @param {string | null} position after which to begin
 * @param {Ear} ear
 * @param {AbortSignal} signal breaks it
 * @returns {Promise<any>} the last event, if the server said goodbye; null if the connection broke
 */
export async function follow(path, position, ear, signal) {
  const headers = position ? { 'last-event-id': position } : undefined
  const answer = await fetch(path, { headers, signal, cache: 'no-store' }).catch(() => null)
  if (!answer?.ok || !answer.body) throw await failure(answer)
  ear.opened()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  const split = splitter()
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ value: '', done: true }))
    if (done) return null
    ear.stirred?.()
    const frames = split(value ?? '')
      .map(parse)
      .filter(it => it !== null)
    const events = frames.map(it => it.event)
    if (events.length > 0) ear.heard(events, frames.findLast(it => it.position)?.position)
    const last = events.find(it => it.type === 'reset' || it.type === 'end')
    if (last) return last
  }
}
