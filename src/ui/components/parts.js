// Small parts that many views share.
import { plain } from '../lib/text.js'
import { clock, moment } from '../lib/time.js'
import { html, useRef, useState } from '../vendor/ui.js'
import { say } from './toast.js'

/** The files of this version of the page stand beside each other. */
const SPRITE = new URL('../vendor/icons.svg', import.meta.url).pathname

/** A picture that says nothing that is not written beside it. @param {{ name: string }} props */
export const Icon = ({ name }) => html`<svg class="icon" aria-hidden="true"><use href=${`${SPRITE}#${name}`} /></svg>`

/** @param {{ at: string | number, full?: boolean }} props */
export const Time = ({ at, full }) =>
  html`<time class="muted" datetime=${new Date(at).toISOString()} title=${moment(at)}>${full ? moment(at) : clock(at)}</time>`

/** Anything that was said by somebody, which cannot change how what is around it is read. @param {{ text: unknown }} props */
export const Said = ({ text }) => html`<bdi>${plain(text)}</bdi>`

/**
 * The name of a participant, which cannot pass for another's, and the role that the server says they have.
 * @param {{ id?: string | null, of: import('../model/session.js').SharedSession }} props
 */
export function Who({ id, of }) {
  const it = of.person(id)
  if (!it) return html`<b>Somebody</b>`
  const role = it.role === 'host' ? 'host' : it.userId.startsWith('guest:') ? 'guest' : null
  const isMe = it.id === of.mine?.id
  const name = html`<b><${Said} text=${it.displayName ?? 'Somebody'} /></b>`
  return html`<span class="who-is">${name}${isMe && ' (you)'}${role && html` <span class="role">${role}</span>`}</span>`
}

/** The first letter of a name, in a circle. @param {{ name: string | null, isHere?: boolean }} props */
export const Avatar = ({ name, isHere }) =>
  html`<span class="avatar ${isHere ? 'here' : ''}" aria-hidden="true">${plain([...(name ?? '?')][0]).toUpperCase()}</span>`

/**
 * A button that does something that takes a while: once at a time; meanwhile it says so, and what went wrong stands below.
 * @param {{ class?: string, doing?: string, work: () => Promise<any>, children?: any, [attribute: string]: any }} props
 */
export function Act({ class: kind = '', doing = 'One moment…', work, children, ...rest }) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState(/** @type {any} */ (null))
  const busy = useRef(false)
  const press = async () => {
    if (busy.current) return
    busy.current = true
    setBusy(true)
    setError(null)
    try {
      await work()
    } catch (cause) {
      setError(cause)
    }
    busy.current = false
    setBusy(false)
  }
  const button = html`<button type="button" class="btn ${kind}" aria-disabled=${isBusy} onClick=${press} ...${rest}>
    ${isBusy ? doing : children}
  </button>`
  return html`${button}${error && html`<${Trouble} error=${error} />`}`
}

/** What went wrong, what helps, and by what it is found in the log. @param {{ error: any }} props */
export function Trouble({ error }) {
  const wait = error.retryAfter && ` Try again in ${error.retryAfter} s.`
  return html`<p class="error" role="alert">
    ${plain(error.message)}.${wait} ${error.hint && html`<span>${plain(error.hint)}.</span>`}
    ${error.requestId && html` <small class="muted">Request <code>${error.requestId}</code></small>`}
  </p>`
}

/** Puts text on the clipboard: also where the browser has no clipboard for pages, as on plain http. @param {HTMLInputElement} input */
async function copy(input) {
  input.select()
  const isCopied = navigator.clipboard
    ? await navigator.clipboard.writeText(input.value).then(
        () => true,
        () => false,
      )
    : document.execCommand('copy')
  say(isCopied ? 'Copied' : 'Copy it by hand: it is selected')
}

/** A line to copy. @param {{ label: string, text: string, button?: string }} props */
export function Copyable({ label, text, button = 'Copy' }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null))
  return html`<div class="copy">
    <input ref=${input} readonly value=${text} aria-label=${label} onFocus=${() => input.current?.select()} />
    <button type="button" class="btn" onClick=${() => input.current && copy(input.current)}>
      <${Icon} name="copy" /> ${button}
    </button>
  </div>`
}
