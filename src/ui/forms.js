// Buttons and forms: once at a time, with what goes on and what went wrong said where it happens. And what a browser
// remembers of what was typed.
import { button, fill, h, say } from './dom.js'

/** What was kept under a key in this browser; an empty object if nothing. */
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {}
  } catch {
    return {}
  }
}

/** Keeps a value in this browser, over a reload. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    say('This browser keeps no drafts.')
  }
}

/**
 * Does what a button says, unless something in its box is being done already. Meanwhile the button says so; what went
 * wrong stands in the `.error` of the box.
 * @param {HTMLElement} box
 * @param {HTMLButtonElement} pressed
 * @param {string} doing what the button says meanwhile
 * @param {() => Promise<any>} work if it comes to true, the box stays busy: it is about to change or to go
 */
export async function act(box, pressed, doing, work) {
  if (box.dataset.busy) return
  const label = [...pressed.childNodes]
  const error = fill(box.querySelector('.error'))
  box.dataset.busy = fill(pressed, doing).textContent
  try {
    if ((await work()) === true) return
  } catch (cause) {
    fill(error, cause.message, cause.hint && `. ${cause.hint}`)
  }
  fill(pressed, label)
  delete box.dataset.busy
}

/** Does what a form says when it is sent. @param {(values: object, pressed: HTMLButtonElement) => Promise<any>} work */
export function onSubmit(form, doing, work) {
  form.addEventListener('submit', event => {
    event.preventDefault()
    const values = Object.fromEntries(new FormData(form))
    act(form, event.submitter, doing, () => work(values, event.submitter))
  })
}

/** Puts text on the clipboard: also where the browser has no clipboard for pages, as on plain http. */
async function copy(input) {
  input.select()
  const isCopied = navigator.clipboard
    ? await navigator.clipboard.writeText(input.value).then(() => true, () => false)
    : document.execCommand('copy')
  say(isCopied ? 'Copied' : 'Copy it by hand', true)
}

/** A line to copy. */
export function copyable(label, text) {
  const input = h('input', { readonly: true, value: text, 'aria-label': label })
  return h('div.copy', input, button('Copy', '', () => copy(input)))
}
