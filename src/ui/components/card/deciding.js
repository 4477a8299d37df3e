// Sending a decision. Nothing is shown as decided before the server says so.
import { api } from '../../lib/api.js'
import { useRef, useState } from '../../vendor/ui.js'
import { status } from '../toast.js'

/**
 * @typedef {object} Deciding
 * @property {any} error
 * @property {boolean} isChanged it is not any more what was shown before
 * @property {boolean} isBusy a decision is on its way
 * @property {(button: string) => string | null} doing what a button says while its decision is on its way
 * @property {(doing: string, decision: { action: string, [key: string]: any }) => void} decide
 */

/** Which button a decision came by. @param {{ action: string, [key: string]: any }} decision */
const buttonOf = ({ action, optionId, editedPrompt, artifactUri }) =>
  optionId ?? `${editedPrompt === undefined ? action : 'edit'}${artifactUri === undefined ? '' : ` ${artifactUri}`}`

/**
 * @param {Schemas['Approval']} approval
 * @param {import('../../model/deck.js').Deck} deck
 * @param {(approval: Schemas['Approval'], isRefused: boolean) => void} learned told what the server answered
 * @returns {Deciding}
 */
export function useDeciding(approval, deck, learned) {
  const [pressed, setPressed] = useState(/** @type {{ button: string, doing: string } | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const first = useRef(approval.digest)
  const busy = useRef(false)
  const free = () => {
    busy.current = false
    setPressed(null)
  }
  const failed = (/** @type {any} */ cause) => {
    const now = cause.details?.approval
    free()
    if (cause.code === 'APPROVAL_ALREADY_RESOLVED') deck.settle(now, { wasFirst: true })
    else if (cause.code !== 'DIGEST_MISMATCH') {
      setError(cause)
      // A host that is away finds on the row what it was to be told.
      if (cause.code !== 'AGENT_UNAVAILABLE' || !now) return
    }
    learned(now, true)
  }
  const decide = async (/** @type {string} */ doing, /** @type {{ action: string }} */ decision) => {
    if (busy.current) return
    busy.current = true
    const button = buttonOf(decision)
    const unsent = () => setPressed({ button, doing: 'Not sent yet…' })
    setError(null)
    setPressed({ button, doing })
    status.value = doing
    try {
      const body = { ...decision, digest: approval.digest }
      const { approval: now } = await api(`/api/approvals/${approval.id}`, body, { unsent })
      learned(now, false)
      // What is decided stays so until it is told as an event; a part of a draft is decided now.
      if (now.status === 'pending') free()
    } catch (cause) {
      failed(cause)
    }
  }
  return {
    error,
    isChanged: approval.digest !== first.current,
    isBusy: pressed !== null,
    doing: button => (pressed?.button === button ? pressed.doing : null),
    decide,
  }
}
