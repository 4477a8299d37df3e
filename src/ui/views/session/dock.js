// What waits for a decision, beside the timeline; on a phone above the composer.
import { Card } from '../../components/card/card.js'
import { UnknownCard } from '../../components/card/others.js'
import { alarm } from '../../components/toast.js'
import { plain } from '../../lib/text.js'
import { html, useEffect, useRef } from '../../vendor/ui.js'

/** @param {{ of: import('../../model/session.js').SharedSession, deck: import('../../model/deck.js').Deck }} props */
export function Dock({ of, deck }) {
  const { waiting } = of
  const known = useRef(new Set(waiting.map(it => it.id)))
  // What is decided settles by the event that says so.
  useEffect(() => {
    for (const id of deck.order.peek()) {
      const it = of.approvals.peek().get(id)
      if (it && it.status !== 'pending') deck.settle(it, false)
    }
    deck.deal(waiting.map(it => it.id))
    for (const it of waiting) {
      if (!known.current.has(it.id) && of.mayDecide(it)) alarm.value = `This waits for you: ${plain(it.action)}`
      known.current.add(it.id)
    }
  })
  const cards = deck.order.value.flatMap(id => of.approvals.value.get(id) ?? [])
  const open = cards.filter(it => it.status === 'pending')
  const at = open.findIndex(it => it.id === deck.current.value)
  const unknown = of.isOpen ? of.unknown : []
  return html`<aside id="dock" class="dock" aria-label="Waiting for a decision">
    ${open.length > 1 && html`<p class="muted count">${at + 1} of ${open.length} <kbd>J</kbd> <kbd>K</kbd></p>`}
    ${cards.map(it => html`<${Card} key=${it.id} approval=${it} of=${of} deck=${deck} />`)}
    ${unknown.map(it => html`<${UnknownCard} key=${it.id} dispatch=${it} of=${of} />`)}
  </aside>`
}
