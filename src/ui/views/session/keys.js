// What the keys do in a session.
import { cardKeys } from '../../components/card/keys.js'
import { goLive } from './follow.js'

/** Moves the focus to another turn. @param {1 | -1} step */
function turn(step) {
  const turns = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.block.turn > article')])
  const at = turns.findIndex(it => it.contains(document.activeElement))
  const next = at < 0 ? (step < 0 ? turns.at(-1) : turns[0]) : turns[at + step]
  next?.focus()
  next?.scrollIntoView({ block: 'start' })
}

/** Whether a key scrolls something of its own. @param {EventTarget | null} target */
const isScrolled = target => target instanceof Element && target.closest('.scrolls') !== null

/** How long a stop may be taken for meant, in milliseconds. */
const TWICE = 1500

/**
 * @param {import('./actions.js').Actions} actions
 * @param {import('../../model/deck.js').Deck} deck
 * @param {(text: string) => void} say
 * @returns {Record<string, (event: KeyboardEvent) => void>}
 */
export function sessionKeys(actions, deck, say) {
  let stopAt = -Infinity
  const write = (/** @type {string} */ kind) => (/** @type {KeyboardEvent} */ event) => {
    event.preventDefault()
    actions.kind.value = kind
    actions.focus()
  }
  const stop = () => {
    if (!actions.of.running || !actions.of.isHost) return
    if (performance.now() - stopAt < TWICE) return void actions.stop().catch(error => say(error.message))
    stopAt = performance.now()
    say('Press . again to stop the turn')
  }
  return {
    ...cardKeys(deck),
    p: write('prompts'),
    c: write('messages'),
    '[': () => turn(-1),
    ']': () => turn(1),
    '.': stop,
    '?': () => void (actions.dialog.value = 'keys'),
    End: event => isScrolled(event.target) || (event.preventDefault(), goLive()),
  }
}
