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

/** Opens or closes what is folded, as a click would. @param {Element | null | undefined} details */
const fold = details =>
  /** @type {HTMLElement | null | undefined} */ (details?.querySelector(':scope > summary'))?.click()

/** The tool call that has the focus, or the first one in what has it. */
function tool() {
  const focused = document.activeElement
  return focused?.closest('#timeline details') ?? focused?.querySelector(':scope details.tool')
}

/** Opens all thoughts; closes them when all are open. */
function thoughts() {
  const all = [...document.querySelectorAll('#timeline .thought')]
  const isOpen = all.every(it => it.hasAttribute('open'))
  for (const it of all) if (it.hasAttribute('open') === isOpen) fold(it)
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
    x: () => fold(tool()),
    t: thoughts,
    d: () => void (actions.onlyDiffs.value = !actions.onlyDiffs.value),
    '.': stop,
    '?': () => void (actions.dialog.value = 'keys'),
    End: event => isScrolled(event.target) || (event.preventDefault(), goLive()),
  }
}
