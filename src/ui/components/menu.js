// A menu behind a button: it closes when something is chosen, by Escape, and when somebody looks elsewhere.
import { html, useEffect, useRef, useState } from '../vendor/ui.js'
import { Icon } from './parts.js'

/** @typedef {{ label: string, icon: string, does?: () => void, href?: string, isDanger?: boolean, isOff?: boolean }} MenuItem */

/** @param {{ label: string, items: (MenuItem | false | undefined)[], children?: any }} props */
export function Menu({ label, items, children }) {
  const [isOpen, setOpen] = useState(false)
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    if (!isOpen) return
    const outside = (/** @type {Event} */ event) =>
      box.current?.contains(/** @type {Node} */ (event.target)) || setOpen(false)
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
    }
  }, [isOpen])
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !isOpen) return
    event.stopPropagation()
    setOpen(false)
    box.current?.querySelector('button')?.focus()
  }
  const choose = (/** @type {MenuItem} */ item) => () => {
    setOpen(false)
    item.does?.()
  }
  const kind = (/** @type {MenuItem} */ { isDanger }) => `btn plain ${isDanger ? 'danger' : ''}`
  const shown = items.filter(it => it && !it.isOff)
  return html`<div class="menu" ref=${box} onKeyDown=${keys}>
    <button type="button" class="btn plain" aria-expanded=${isOpen} aria-label=${label} onClick=${() => setOpen(!isOpen)}>
      ${children ?? html`<${Icon} name="ellipsis" />`}
    </button>
    ${
      isOpen &&
      html`<ul class="menu-items">
      ${shown.map(
        (/** @type {any} */ it) =>
          html`<li>${
            it.href
              ? html`<a class=${kind(it)} href=${it.href} download onClick=${choose(it)}><${Icon} name=${it.icon} /> ${it.label}</a>`
              : html`<button type="button" class=${kind(it)} onClick=${choose(it)}><${Icon} name=${it.icon} /> ${it.label}</button>`
          }</li>`,
      )}
    </ul>`
    }
  </div>`
}
