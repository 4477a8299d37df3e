// The buttons that say yes, and how much they take.
import { html, useEffect, useRef, useState } from '../../vendor/ui.js'
import { Dialog } from '../dialog.js'
import { say } from '../toast.js'

/** How long a risky yes is held down, in milliseconds. */
const HOLD = 700

/** Something that a pointer must be kept on for a while. @param {boolean} isWanted @param {() => void} done */
function useHold(isWanted, done) {
  const timer = useRef(0)
  const [isHeld, setHeld] = useState(false)
  const end = () => {
    clearTimeout(timer.current)
    timer.current = 0
    setHeld(false)
  }
  const begin = (/** @type {PointerEvent} */ event) => {
    if (!isWanted || event.button !== 0 || !event.isPrimary) return
    setHeld(true)
    timer.current = setTimeout(() => (end(), done()), HOLD)
  }
  // What changes or goes away while it is held was not meant.
  useEffect(() => end, [isWanted])
  return { isHeld, begin, end }
}

/**
 * @param {object} props
 * @param {string} [props.class]
 * @param {any} props.label
 * @param {boolean} props.isRisky it takes a hold, or a second question where nobody can hold
 * @param {boolean} props.isUnread not yet: there is something to read
 * @param {string | null} props.doing what it says while the decision is on its way
 * @param {string} [props.hotkey]
 * @param {() => void} props.yes
 */
export function Yes({ class: kind = 'primary', label, isRisky, isUnread, doing, hotkey, yes }) {
  const [asks, setAsks] = useState(false)
  const { isHeld, begin, end } = useHold(isRisky && !isUnread, yes)
  const press = (/** @type {MouseEvent} */ event) => {
    if (!isRisky) yes()
    // What comes from no pointer cannot hold: a keyboard, or a tool that reads the page aloud.
    else if (event.detail === 0) setAsks(true)
    else say('This deserves a second look: hold the button down')
  }
  return html`<button
      type="button"
      class="btn ${kind} ${isRisky ? 'hold' : ''} ${isHeld ? 'held' : ''}"
      disabled=${isUnread}
      aria-disabled=${doing !== null}
      aria-keyshortcuts=${hotkey}
      onClick=${press}
      onPointerDown=${begin}
      onPointerUp=${end}
      onPointerLeave=${end}
      onPointerCancel=${end}
      onContextMenu=${(/** @type {Event} */ event) => isRisky && event.preventDefault()}
    >
      ${doing ?? label}${isRisky && doing === null && html`<small> hold</small>`}${hotkey && html` <kbd aria-hidden="true">${hotkey}</kbd>`}
    </button>
    ${
      asks &&
      html`<${Dialog} title="Are you sure?" close=${() => setAsks(false)}>
      <p>This deserves a second look: read the card once more.</p>
      <div class="acts">
        <button type="button" class="btn ${kind}" onClick=${() => (setAsks(false), yes())}>Yes: ${label}</button>
        <button type="button" class="btn" autofocus onClick=${() => setAsks(false)}>No, back</button>
      </div>
    <//>`
    }`
}
