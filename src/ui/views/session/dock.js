// What waits for a decision, beside the timeline; on a phone above the composer, one card at a time.
import { Card, prepare } from '../../components/card/card.js'
import { lookAt } from '../../components/card/keys.js'
import { UnknownCard } from '../../components/card/others.js'
import { Icon } from '../../components/parts.js'
import { alarm } from '../../components/toast.js'
import { plain } from '../../lib/text.js'
import { html, useEffect, useRef } from '../../vendor/ui.js'

/** Whether an agent that is gone may be back and ask the same again. @param {Schemas['Approval']} it */
const mayReturn = ({ kind, reason, status }) => kind === 'permission' && status === 'expired' && reason === 'agent_gone'

/**
 * Of several that wait, which one this is, and a way to each. It has its place before there are several: a card that comes
 * moves no button.
 * @param {{ at: number, count: number, deck: import('../../model/deck.js').Deck }} props
 */
const Count = ({ at, count, deck }) => {
  const step = (/** @type {1 | -1} */ by) => () => lookAt(deck.step(by))
  return html`<p class="muted count">
    <b>Waiting</b>
    ${
      count > 1 &&
      html`<button type="button" class="btn plain" aria-label="Previous card" onClick=${step(-1)}>
          <${Icon} name="chevron-left" />
        </button>
        <span>${at} of ${count} <kbd>J</kbd> <kbd>K</kbd></span>
        <button type="button" class="btn plain" aria-label="Next card" onClick=${step(1)}>
          <${Icon} name="chevron-right" />
        </button>`
    }
  </p>`
}

/** Goes once to the card that the address names, as soon as it is there. @param {import('../../model/deck.js').Deck} deck */
function useNamedCard(deck) {
  const id = useRef(location.hash.startsWith('#a-') ? location.hash.slice(3) : '')
  const isThere = deck.order.value.includes(id.current)
  useEffect(() => {
    if (!isThere) return
    lookAt(id.current)
    id.current = ''
  }, [isThere])
}

/** @param {{ of: import('../../model/session.js').SharedSession, deck: import('../../model/deck.js').Deck }} props */
export function Dock({ of, deck }) {
  const { waiting } = of
  const known = useRef(new Set(waiting.map(it => it.id)))
  // What is decided settles by the event that says so.
  useEffect(() => {
    for (const id of deck.order.peek()) {
      const it = of.approvals.peek().get(id)
      if (!it || it.status === 'pending') continue
      deck.settle(it, { stays: mayReturn(it) && of.isOpen && !of.askedAgain(it) })
    }
    deck.deal(waiting.map(it => it.id))
    for (const it of waiting) {
      if (!known.current.has(it.id) && of.mayDecide(it)) alarm.value = `This waits for you: ${plain(it.action)}`
      known.current.add(it.id)
    }
  })
  useNamedCard(deck)
  useEffect(() => void prepare(), [])
  const cards = deck.order.value.flatMap(id => of.approvals.value.get(id) ?? [])
  const open = cards.filter(it => it.status === 'pending')
  const at = open.findIndex(it => it.id === deck.current.value)
  const unknown = of.isOpen ? of.unknown : []
  return html`<aside
    id="dock"
    class="dock cards ${deck.isMoving.value ? 'moving' : ''}"
    aria-label="Waiting for a decision"
    tabindex="-1"
    onPointerEnter=${() => deck.point(true)}
    onPointerLeave=${() => deck.point(false)}
  >
    ${open.length > 0 && html`<${Count} at=${at + 1} count=${open.length} deck=${deck} />`}
    ${cards.map(it => html`<${Card} key=${it.id} approval=${it} of=${of} deck=${deck} />`)}
    ${unknown.map(it => html`<${UnknownCard} key=${it.id} dispatch=${it} of=${of} />`)}
  </aside>`
}
