// How the connection is, in a sign and words.
import { html, useEffect, useState } from '../vendor/ui.js'

/** @type {Record<string, [sign: string, word: string]>} */
const STATES = {
  asleep: ['◔', 'Asleep'],
  connecting: ['○', 'Connecting'],
  live: ['●', 'Live'],
  offline: ['✕', 'Offline'],
  slow: ['◔', 'Slow'],
}

/** @param {{ live: { state: import('../vendor/ui.js').Signal<import('../lib/live.js').State>, now: () => void }, isOpen?: boolean }} props */
export function Pill({ live, isOpen = true }) {
  const state = live.state.value
  const [, setNow] = useState(0)
  useEffect(() => {
    if (state.name !== 'reconnecting') return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [state])
  if (state.name === 'ended' || !isOpen)
    return html`<span id="pill" class="pill state ended"><span aria-hidden="true">✕</span> Ended</span>`
  if (state.name === 'reconnecting') {
    const seconds = Math.max(0, Math.ceil((state.at - Date.now()) / 1000))
    return html`<span id="pill" class="pill state reconnecting">
      <span aria-hidden="true">◌</span> Reconnecting, try ${state.attempt}${seconds > 0 && html`<span class="wide"> in ${seconds} s</span>`}
      <button type="button" class="link" onClick=${() => live.now()}>Now</button>
    </span>`
  }
  const [sign, word] = STATES[state.name]
  return html`<span id="pill" class="pill state ${state.name}"><span aria-hidden="true">${sign}</span> ${word}</span>`
}
