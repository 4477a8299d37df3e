// Which view an address names. Every place has an address, and going back works.
import { signal } from '../vendor/ui.js'

const read = () => ({ path: location.pathname, hash: location.hash, search: location.search })

/** Where we are. */
export const place = signal(read())

/** Goes to a place of ours. @param {string} path @param {{ replace?: boolean }} [how] */
export function go(path, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', path)
  place.value = read()
  if (!location.hash) scrollTo(0, 0)
}

/** Takes the fragment, and the secret in it, out of the address and out of the history. */
export function dropFragment() {
  history.replaceState(null, '', location.pathname + location.search)
}

/** Whether a click on a link is an ordinary one, and the link one of ours. @param {MouseEvent} event */
function target(event) {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest?.('a[href]'))
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  const isOurs = link && link.origin === location.origin && !link.target && !link.pathname.startsWith('/api/')
  return isPlain && isOurs && !event.defaultPrevented && !link.hasAttribute('download') ? link : null
}

/** Begins to follow links without loading the page again. */
export function route() {
  addEventListener('popstate', () => (place.value = read()))
  addEventListener('hashchange', () => (place.value = read()))
  document.addEventListener('click', event => {
    const link = target(event)
    if (!link || (link.pathname === location.pathname && link.hash)) return
    event.preventDefault()
    go(link.pathname + link.search + link.hash)
  })
}
