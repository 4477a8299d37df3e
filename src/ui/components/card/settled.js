// What became of a card, in its place.
import { html, useLayoutEffect, useRef } from '../../vendor/ui.js'
import { Icon } from '../parts.js'
import { Heading } from './heading.js'
import { lookAt } from './keys.js'
import { Outcome } from './outcome.js'

/** @param {import('./card.js').CardProps & { settled: import('../../model/deck.js').Settled }} props */
export function Settled({ approval: { id }, of, deck, settled }) {
  const { approval, wasFirst, stays } = settled
  const again = of.askedAgain(approval)
  const title = `t-${id}`
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  // A focus that would be lost with it goes to the cards.
  useLayoutEffect(
    () => () => {
      const { current } = box
      if (current?.contains(document.activeElement))
        /** @type {HTMLElement | null} */ (current.closest('.cards'))?.focus()
    },
    [],
  )
  const tone = approval.status === 'approved' ? '' : approval.status === 'rejected' ? 'refused' : 'over'
  return html`<section class="card settled ${tone}" id=${`a-${id}`} ref=${box} tabindex="-1" aria-labelledby=${title}>
    <h2 id=${title}><${Heading} approval=${approval} of=${of} /></h2>
    <p>
      <${Outcome} approval=${approval} of=${of} wasFirst=${wasFirst} />
      ${again && html`, <button type="button" class="link" onClick=${() => lookAt(again.id)}>asked again below</button>`}
    </p>
    ${stays && html`<button type="button" class="btn small" onClick=${() => deck.dismiss(id)}><${Icon} name="x" /> Put it away</button>`}
  </section>`
}
