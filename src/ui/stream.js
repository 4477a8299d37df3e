// The live events of a session, from a position on. Not an EventSource: that cannot begin at a position of ours, and
// hides from the page why a stream could not be opened.
import { failure } from './api.js'

/** The server sends something at least every 15 seconds; a stream that is silent for longer than this is dead. */
const SILENCE = 40000

/** Splits a text at the ends of frames; what follows the last is kept for the next time. */
export function splitter() {
  let rest = ''
  return text => {
    const frames = (rest + text).split('\n\n')
    rest = frames.pop()
    return frames
  }
}

/**
 * A frame as its position, if it has one, and its event; null for a heartbeat. Only a line feed ends a line: in a
 * regular expression other characters would too, and people can write them.
 */
export function parse(frame) {
  const lines = frame.split('\n')
  const after = name => lines.find(it => it.startsWith(name))?.slice(name.length)
  const data = after('data: ')
  return data ? { position: after('id: '), event: JSON.parse(data) } : null
}

/**
 * Reads a stream until it ends or breaks.
 * @param {string} path
 * @param {string} position after which to begin
 * @param {{ opened(): void, heard(events: object[], position?: string): void }} ear
 * @returns {Promise<object | null>} the last event, if the server said goodbye; null if the connection broke
 */
export async function follow(path, position, ear) {
  const dead = new AbortController()
  const drop = () => dead.abort()
  let timer = setTimeout(drop, SILENCE)
  try {
    const headers = { 'last-event-id': position }
    const answer = await fetch(path, { headers, signal: dead.signal, cache: 'no-store' }).catch(() => null)
    if (!answer?.ok) throw await failure(answer)
    ear.opened()
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    const split = splitter()
    for (;;) {
      const { value, done } = await reader.read().catch(() => ({ done: true }))
      if (done) return null
      clearTimeout(timer)
      timer = setTimeout(drop, SILENCE)
      const frames = split(value).map(parse).filter(Boolean)
      const events = frames.map(it => it.event)
      ear.heard(events, frames.findLast(it => it.position)?.position)
      const last = events.find(it => it.type === 'reset' || it.type === 'end')
      if (last) return last
    }
  } finally {
    clearTimeout(timer)
  }
}
