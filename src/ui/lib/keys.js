// Single keys: they act only while nobody writes, and can be switched off.
import { singleKeys } from './prefs.js'

/** What the keys of the view do. @type {Record<string, (event: KeyboardEvent) => void>} */
let bound = {}
/** A key that waits for another: `g`, then where to. */
let first = ''

/** Gives the keys to a view. @param {Record<string, (event: KeyboardEvent) => void>} keys @returns {() => void} takes them away again */
export function bind(keys) {
  bound = keys
  return () => {
    if (bound === keys) bound = {}
  }
}

/** @param {EventTarget | null} target */
const writes = target =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Whether a key that moves within a text belongs to one that has the focus and is longer than its box. @param {EventTarget | null} target */
function scrolls(target) {
  let box = target instanceof Element ? target.closest('[tabindex="0"]') : null
  while (box && box.scrollHeight <= box.clientHeight) box = box.parentElement?.closest('[tabindex="0"]') ?? null
  return box !== null
}

/**
 * Listens.
 * @param {Record<string, () => void>} places by the key after `g`
 * @param {Record<string, (event: KeyboardEvent) => void>} everywhere what keys do that the view does not have
 */
export function listen(places, everywhere = {}) {
  document.addEventListener('keydown', event => {
    const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented && !event.isComposing
    const isOpen = document.querySelector('dialog[open]')
    if (!isFree || isOpen || writes(event.target)) return void (first = '')
    // End moves within the page; it is no single character, and stays where keys are off.
    if (!singleKeys.value && event.key.length === 1) return
    if (event.repeat || (event.key === 'End' && scrolls(event.target))) return
    const before = first
    first = event.key === 'g' ? 'g' : ''
    if (before === 'g' && places[event.key]) return places[event.key]()
    const does = bound[event.key] ?? everywhere[event.key]
    does?.(event)
  })
}
