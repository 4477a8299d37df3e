// Asking the server.

/** @typedef {Error & { code?: string, hint?: string, details?: any, status: number, requestId?: string, retryAfter?: number }} Failure */

/** Waits. @param {number} ms @returns {Promise<void>} */
export const wait = ms => new Promise(done => setTimeout(done, ms))

/** How long to wait before the next try: longer each time, and not all clients at once. @param {number} attempt */
export const backoff = attempt => Math.min(15000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2)

/** A key under which the server does a thing once, however often it is asked. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, it => it.toString(16).padStart(2, '0')).join('')
}

/** Whether it may be better in a moment: there was no answer, or the server has trouble. @param {any} error */
export const isPassing = error => [0, 502, 503, 504].includes(error.status)

/** @param {string | undefined} text */
const sentence = text => text && text[0].toUpperCase() + text.slice(1)

/**
 * What went wrong, for people: with the server's code, hint, details and status; 0 if there was no answer.
 * @param {Response | null} answer
 * @returns {Promise<Failure>}
 */
export async function failure(answer) {
  const told = await answer?.json().catch(() => null)
  const status = answer?.status ?? 0
  const otherwise = status ? `the server answered ${status}` : 'the server cannot be reached'
  const error = new Error(sentence(told?.error ?? otherwise))
  const retryAfter = Number(answer?.headers.get('retry-after')) || undefined
  const { code, details, requestId } = told ?? {}
  return Object.assign(error, { code, details, hint: sentence(told?.hint), requestId, retryAfter, status })
}

/**
 * @typedef {object} Way how to ask
 * @property {string} [method] POST where something is sent, else GET
 * @property {string} [key] the idempotency key
 * @property {(attempt: number) => void} [unsent] told each time that there was no answer
 * @property {AbortSignal} [signal]
 */

/** Tells the server something that is not worth another try; also while the page goes away. @param {string} path @param {object} body */
export function tell(path, body) {
  const headers = { 'content-type': 'application/json' }
  fetch(path, { method: 'POST', keepalive: true, headers, body: JSON.stringify(body) }).catch(() => null)
}

/**
 * Asks the server. What changes something goes again, with the same key, until there is an answer or no hope of one.
 * @param {string} path
 * @param {object} [body] what to send; nothing, to read
 * @param {Way} [way]
 * @returns {Promise<any>} the answer; null if it has no content
 */
export async function api(path, body, { method, key = newKey(), unsent, signal } = {}) {
  const changes = body !== undefined || method !== undefined
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const request = changes ? { method: method ?? 'POST', headers, body: JSON.stringify(body ?? {}), signal } : { signal }
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(path, request).catch(() => null)
    if (answer?.ok) return answer.status === 204 ? null : answer.json()
    const error = await failure(answer)
    if (signal?.aborted || !changes || !isPassing(error) || attempt > 7) throw error
    unsent?.(attempt)
    await wait(backoff(attempt))
  }
}
