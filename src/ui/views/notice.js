// A page with nothing but something to say.
import { html } from '../vendor/ui.js'
import { useTitle } from './shell.js'

/** @param {{ title: string, children?: any }} props */
export function Notice({ title, children }) {
  useTitle(title)
  return html`<section class="card narrow notice"><p class="mark" aria-hidden="true">◒</p><h2>${title}</h2>${children}</section>`
}
