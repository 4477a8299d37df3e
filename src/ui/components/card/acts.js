// What the cards of all kinds share: the row of buttons, the no, and why somebody should look twice.
import { html, useState } from '../../vendor/ui.js'
import { Opens, Reject } from './no.js'

/** What can be decided; all of it off where nothing can be done now. @param {{ isOff?: boolean, children?: any }} props */
export const Acts = ({ isOff = false, children }) =>
  html`<fieldset class="acts" aria-label="Your decision" disabled=${isOff}>${children}</fieldset>`

/** Why somebody should look twice. @param {{ why: string[] }} props */
export const Risk = ({ why }) => why.length > 0 && html`<p class="risk">⚠ This ${why.join('; it ')}.</p>`

/** The forms of a card, of which one is open. */
export function useOpened() {
  const [opened, setOpened] = useState('')
  const form = (/** @type {string} */ name) => ({
    isOpen: opened === name,
    setOpen: (/** @type {boolean} */ isOpen) => setOpened(isOpen ? name : ''),
    toggle: () => setOpened(opened === name ? '' : name),
  })
  return { form, isAnyOpen: opened !== '' }
}

/** @param {import('./kinds.js').KindProps & { form: any, label?: string, send?: string }} props */
export function RejectButton({ of, deciding, form, label = 'Reject…', send = 'Reject' }) {
  const reject = (/** @type {object} */ rest) => deciding.decide('Rejecting…', { action: 'reject', ...rest })
  return html`<${Opens} label=${label} class="danger" hotkey="R" ...${form}>
    <${Reject} mayTell=${of.mayPromptDirectly} send=${send} doing=${deciding.doing('reject')} reject=${reject} />
  <//>`
}
