// A dialog of the browser's own: focus stays in it, Escape closes it.
import { html, useEffect, useId, useRef } from '../vendor/ui.js'
import { Icon } from './parts.js'

/** @param {{ title: string, close: () => void, children?: any, wide?: boolean }} props */
export function Dialog({ title, close, children, wide }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null))
  const id = useId()
  useEffect(() => box.current?.showModal(), [])
  const outside = (/** @type {MouseEvent} */ event) => event.target === box.current && close()
  return html`<dialog ref=${box} class=${wide ? 'broad' : ''} aria-labelledby=${id} onClose=${close} onClick=${outside}>
    <div class="dialog">
      <header>
        <h2 id=${id}>${title}</h2>
        <button type="button" class="btn plain" aria-label="Close" onClick=${close}><${Icon} name="x" /></button>
      </header>
      ${children}
    </div>
  </dialog>`
}
