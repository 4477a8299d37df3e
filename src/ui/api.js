// Asking the server.
import { say } from './dom.js'

/** Waits. @param {number} ms */
export const wait = ms => new Promise(done => setTimeout(done, ms))

/** How long to wait before the next try: longer each time, and not all clients at once. */
export const backoff = attempt => Math.min(15000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2)

/** A key under which the server does a thing once, however often it is asked. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, it => it.toString(16).padStart(2, '0')).join('')
}

const sentence = text => text && text[0].toUpperCase() + text.slice(1)

/** What went wrong, for people: with the server's code, hint, details and status; 0 if there was no answer. */
export async function failure(answer) {
  const told = await answer?.json().catch(() => null)
  const status = answer?.status ?? 0
  const otherwise = status ? `the server answered ${status}` : 'the server cannot be reached'
  const error = new Error(sentence(told?.error ?? otherwise))
  return Object.assign(error, { code: told?.code, details: told?.details, hint: sentence(told?.hint), status })
}

/**
 * Asks the server. What changes something goes again, with the same key, until there is an answer or no hope of one.
 * @param {string} path
 * @param {object} [body] what to post; nothing, to read
 * @param {string} [key] the idempotency key
 * @param {string} [method] how it is changed, where that is not by posting
 */
export async function api(path, body, key = newKey(), method = 'POST') {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const request = body && { method, headers, body: JSON.stringify(body) }
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(path, request).catch(() => null)
    if (answer?.ok) return answer.status === 204 ? null : answer.json()
    const isPassing = !answer || [502, 503, 504].includes(answer.status)
    if (!request || !isPassing || attempt > 6) throw await failure(answer)
    say('Not sent yet. Trying again…', true)
    await wait(backoff(attempt))
  }
}
