// Sending a decision. Nothing is shown as decided before the server says so.
import { api } from '../../lib/api.js'
import { useRef, useState } from '../../vendor/ui.js'

/**
 * @typedef {object} Deciding
 * @property {string | null} doing what the card says meanwhile
 * @property {any} error
 * @property {boolean} isChanged it is not any more what was shown before
 * @property {Schemas['Approval']} approval as it is now
 * @property {(doing: string, decision: object) => void} decide
 */

/**
 * @param {Schemas['Approval']} given
 * @param {import('../../model/deck.js').Deck} deck
 * @param {(approval: Schemas['Approval']) => void} [changed] where no stream tells
 * @returns {Deciding}
 */
export function useDeciding(given, deck, changed) {
  const [doing, setDoing] = useState(/** @type {string | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const [newer, setNewer] = useState(/** @type {Schemas['Approval'] | null} */ (null))
  const busy = useRef(false)
  const approval = newer ?? given
  const send = async (/** @type {object} */ decision) => {
    const { approval: now } = await api(`/api/approvals/${approval.id}`, { ...decision, digest: approval.digest })
    changed?.(now)
    if (now.status === 'pending') setDoing(null)
  }
  const failed = (/** @type {any} */ cause) => {
    const now = cause.details?.approval
    setDoing(null)
    if (cause.code === 'APPROVAL_ALREADY_RESOLVED') return deck.settle(now, true)
    if (cause.code === 'DIGEST_MISMATCH') return setNewer(now)
    setError(cause)
  }
  const decide = (/** @type {string} */ doingNow, /** @type {object} */ decision) => {
    if (busy.current) return
    busy.current = true
    setError(null)
    setDoing(doingNow)
    send(decision)
      .catch(failed)
      .finally(() => (busy.current = false))
  }
  return { approval, doing, error, isChanged: newer !== null, decide }
}
