// What the keys do on cards: only on the one that is current, and only where what they do can be seen.
import { useLayoutEffect, useRef } from '../../vendor/ui.js'
import { say } from '../toast.js'

/** Two presses of a key within this are one yes to something risky, in milliseconds. */
const TWICE = 1500

/**
 * What the keys do on a card, for as long as they may.
 * @param {import('./kinds.js').KindProps} props
 * @param {{ a?: () => void, e?: () => void, r?: () => void }} keys `a` is a yes
 * @param {boolean} [isRisky] whether a yes takes two presses
 */
export function useKeys({ deck, approval, isOff, isUnread, deciding }, { a, ...rest }, isRisky = false) {
  const last = useRef(-Infinity)
  const yes = () => {
    if (!a) return
    if (isUnread) return say('Read it to its end first')
    const at = performance.now()
    if (!isRisky || at - last.current < TWICE) return a()
    last.current = at
    say('This deserves a second look. Press A again to allow it')
  }
  useLayoutEffect(() => {
    if (isOff || deciding.isBusy) return
    const keys = a ? { ...rest, a: yes } : rest
    deck.keys.set(approval.id, keys)
    // Only our own: where a card is put anew, what was there before may be told so after it.
    return () => {
      if (deck.keys.get(approval.id) === keys) deck.keys.delete(approval.id)
    }
  })
}

/** The element of a card. @param {string | null} id */
const cardOf = id => document.getElementById(`a-${id}`)

/** Looks at a card: brings it to where it is seen, with the focus on it. @param {string | null} id */
export function lookAt(id) {
  const card = cardOf(id)
  card?.focus({ preventScroll: true })
  card?.scrollIntoView({ block: 'nearest' })
}

/** Whether somebody sees what decides on a card: it is on the screen, and nothing lies over it. @param {string | null} id */
function isSeen(id) {
  const button = cardOf(id)?.querySelector('fieldset .btn')
  const { left, top, width, height } = button?.getBoundingClientRect() ?? new DOMRect()
  const over = document.elementFromPoint(left + width / 2, top + height / 2)
  return Boolean(button && over && button.closest('.card')?.contains(over))
}

/**
 * The keys of a deck of cards.
 * @param {import('../../model/deck.js').Deck} deck
 * @returns {Record<string, (event: KeyboardEvent) => void>}
 */
export function cardKeys(deck) {
  const step = (/** @type {1 | -1} */ by) => () => lookAt(deck.step(by))
  const press = (/** @type {string} */ key) => (/** @type {KeyboardEvent} */ event) => {
    const id = deck.current.peek()
    if (!deck.keys.get(id ?? '')?.[key]) return
    event.preventDefault()
    if (isSeen(id)) return void deck.press(key)
    cardOf(id)?.querySelector('fieldset')?.scrollIntoView({ block: 'nearest' })
    say('This is what waits. Press again when you have seen it')
  }
  return { a: press('a'), e: press('e'), r: press('r'), j: step(1), k: step(-1) }
}
