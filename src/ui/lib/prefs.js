// What this browser remembers: the theme, drafts, what the keys do. A browser that keeps nothing loses nothing else.
import { effect, signal } from '../vendor/ui.js'

/**
 * What was kept under a key; the other if nothing was.
 * @template T
 * @param {string} key
 * @param {T} otherwise
 * @returns {T}
 */
export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? otherwise
  } catch {
    return otherwise
  }
}

/** Keeps a value over a reload; null forgets it. @param {string} key @param {any} value */
export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // A browser may forbid it, or have no room: then a reload forgets.
  }
}

/** `system`, `light` or `dark`. */
export const theme = signal(recall('theme', 'system'))
/** Whether single keys do something. */
export const singleKeys = signal(recall('keys', true))
/** Whose waiting is told in a notification: `all`, `mine` or `none`. */
export const notifications = signal(recall('notifications', 'none'))

effect(() => {
  keep('theme', theme.value)
  if (theme.value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme.value
})
effect(() => keep('keys', singleKeys.value))
effect(() => keep('notifications', notifications.value))
