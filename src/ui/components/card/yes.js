// The buttons that say yes, and how much they take.
import { html, useRef, useState } from '../../vendor/ui.js'
import { Dialog } from '../dialog.js'

/** How long a risky yes is held down, in milliseconds. */
const HOLD = 700
/** Two presses of a key within this are one yes to something risky. */
const TWICE = 1500

/**
 * @param {object} props
 * @param {string} [props.class]
 * @param {any} props.label
 * @param {boolean} props.isRisky it takes a hold, or the key twice, or a second question where neither can be done
 * @param {boolean} props.isOff not yet: there is something to read
 * @param {string} [props.hotkey]
 * @param {() => void} props.yes
 */
export function Yes({ class: kind = 'primary', label, isRisky, isOff, hotkey, yes }) {
  const timer = useRef(0)
  const [isHeld, setHeld] = useState(false)
  const [asks, setAsks] = useState(false)
  const begin = () => {
    if (!isRisky || isOff) return
    setHeld(true)
    timer.current = setTimeout(() => {
      setHeld(false)
      timer.current = 0
      yes()
    }, HOLD)
  }
  const end = () => {
    setHeld(false)
    clearTimeout(timer.current)
    timer.current = 0
  }
  const press = (/** @type {MouseEvent} */ event) => {
    if (isOff) return
    if (!isRisky) yes()
    // What comes from no pointer cannot hold: a keyboard, or a tool that reads the page aloud.
    else if (event.detail === 0) setAsks(true)
  }
  return html`<button
      type="button"
      class="btn ${kind} ${isRisky ? 'hold' : ''} ${isHeld ? 'held' : ''}"
      disabled=${isOff}
      aria-keyshortcuts=${hotkey}
      onClick=${press}
      onPointerDown=${begin}
      onPointerUp=${end}
      onPointerLeave=${end}
      onPointerCancel=${end}
    >
      ${label}${isRisky && html`<small> hold</small>`}${hotkey && html` <kbd aria-hidden="true">${hotkey}</kbd>`}
    </button>
    ${asks &&
    html`<${Dialog} title="Are you sure?" close=${() => setAsks(false)}>
      <p>This deserves a second look: what it says stands on the card.</p>
      <div class="acts">
        <button type="button" class="btn ${kind}" onClick=${() => (setAsks(false), yes())}>Yes: ${label}</button>
        <button type="button" class="btn" onClick=${() => setAsks(false)}>No, back</button>
      </div>
    <//>`}`
}

/** A key that must be pressed twice where there is risk. @param {boolean} isRisky @param {() => void} yes @param {(text: string) => void} say */
export function twice(isRisky, yes, say) {
  let last = -Infinity
  return () => {
    const now = performance.now()
    if (!isRisky || now - last < TWICE) return yes()
    last = now
    say('Press A again to allow it')
  }
}
