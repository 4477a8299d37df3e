// What the keys do in a session.
import { goLive } from './follow.js'

/** Moves the focus to another turn. @param {1 | -1} step */
function turn(step) {
  const turns = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.block.turn > article')])
  const at = turns.findIndex(it => it.contains(document.activeElement))
  const next = at < 0 ? (step < 0 ? turns.at(-1) : turns[0]) : turns[at + step]
  next?.focus()
  next?.scrollIntoView({ block: 'start' })
}

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
  const step = (/** @type {1 | -1} */ by) => () => {
    const id = deck.step(by)
    document.getElementById(`a-${id}`)?.focus()
  }
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
    a: () => deck.press('a'),
    e: event => deck.press('e') && event.preventDefault(),
    r: event => deck.press('r') && event.preventDefault(),
    j: step(1),
    k: step(-1),
    p: write('prompts'),
    c: write('messages'),
    '[': () => turn(-1),
    ']': () => turn(1),
    '.': stop,
    '?': () => void (actions.dialog.value = 'keys'),
    End: event => (event.preventDefault(), goLive()),
  }
}
