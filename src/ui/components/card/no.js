// Saying no, with a reason if there is one; and what opens a field to write in.
import { html, useEffect, useRef, useState } from '../../vendor/ui.js'

/** What is often said. */
const REASONS = ['Not now', 'Not on this machine', 'Too much at once', 'Do it another way']

/**
 * A button that opens a form below it, with the button that decides.
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.class]
 * @param {string} [props.hotkey]
 * @param {boolean} props.isOpen
 * @param {(isOpen: boolean) => void} props.setOpen
 * @param {any} [props.children]
 */
export function Opens({ label, class: kind = '', hotkey, isOpen, setOpen, children }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    if (isOpen) /** @type {HTMLElement | null} */ (box.current?.querySelector('textarea, input'))?.focus()
  }, [isOpen])
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    setOpen(false)
  }
  return html`<button type="button" class="btn ${kind}" aria-expanded=${isOpen} aria-keyshortcuts=${hotkey} onClick=${() => setOpen(!isOpen)}>
      ${label}${hotkey && html` <kbd aria-hidden="true">${hotkey}</kbd>`}
    </button>
    ${isOpen && html`<div class="opened" ref=${box} onKeyDown=${keys}>${children}</div>`}`
}

/**
 * @param {object} props
 * @param {boolean} props.mayTell whether the reason can go to the agent, as the next prompt
 * @param {string} props.send what the button says
 * @param {string | null} props.doing what it says while the decision is on its way
 * @param {(decision: { reason: string | null, tellAgent?: true }) => void} props.reject
 */
export function Reject({ mayTell, send, doing, reject }) {
  const [reason, setReason] = useState('')
  const [tell, setTell] = useState(false)
  // An agent is told why, or nothing.
  const isOff = tell && !reason.trim()
  const go = () =>
    isOff || reject({ reason: reason.trim() || null, ...(tell && { tellAgent: /** @type {const} */ (true) }) })
  const keys = (/** @type {KeyboardEvent} */ event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && go()
  return html`
    <label class="field">Why, if you wish to say
      <textarea rows="2" value=${reason} onInput=${(/** @type {any} */ { target }) => setReason(target.value)} onKeyDown=${keys}></textarea>
    </label>
    <div class="quick">
      ${REASONS.map(it => html`<button type="button" class="chip" onClick=${() => setReason(it)}>${it}</button>`)}
    </div>
    ${
      mayTell &&
      html`<label class="check">
      <input type="checkbox" checked=${tell} onChange=${(/** @type {any} */ { target }) => setTell(target.checked)} />
      Tell the agent why, as the next prompt${isOff && ': write a reason'}
    </label>`
    }
    <button type="button" class="btn danger" disabled=${isOff} aria-disabled=${doing !== null} onClick=${go}>${doing ?? send}</button>
  `
}
