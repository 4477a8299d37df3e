// The card of a decision, as long as it is on the page: it waits, or it is decided. What a card takes is loaded when the
// first one comes, or earlier, when there is nothing else to do.
import { html, signal, useErrorBoundary } from '../../vendor/ui.js'
import { Trouble } from '../parts.js'
import { Raw } from '../timeline/items.js'
import { Heading } from './heading.js'
import { Settled } from './settled.js'

/**
 * @typedef {object} CardProps
 * @property {Schemas['Approval']} approval
 * @property {import('../../model/session.js').SharedSession} of
 * @property {import('../../model/deck.js').Deck} deck
 * @property {any} [place] where it belongs, where that is not plain
 * @property {(approval: Schemas['Approval']) => void} [changed] told what the server answered, where no stream tells
 */

/** What shows a card that waits. @type {import('../../vendor/ui.js').Signal<any>} */
const View = signal(null)
/** Why that is not there. @type {import('../../vendor/ui.js').Signal<any>} */
const trouble = signal(null)
let isAsked = false

/** Loads what a card takes. */
export async function prepare() {
  if (isAsked) return
  isAsked = true
  try {
    View.value = (await import('./open.js')).Open
    trouble.value = null
  } catch (error) {
    isAsked = false
    trouble.value = error
  }
}

/** @param {CardProps} props */
export function Card(props) {
  const [broken] = useErrorBoundary()
  const settled = props.deck.settled.value.get(props.approval.id)
  if (broken) return html`<${Broken} ...${props} />`
  if (settled) return html`<${Settled} ...${props} settled=${settled} />`
  if (View.value) return html`<${View.value} ...${props} />`
  prepare()
  return html`<${Coming} ...${props} />`
}

/** A card that is still to come. @param {CardProps} props */
const Coming = ({ approval, of }) => html`<section class="card" id=${`a-${approval.id}`} tabindex="-1" aria-busy="true">
  <h2><${Heading} approval=${approval} of=${of} /></h2>
  ${
    trouble.value
      ? html`<${Trouble} error=${trouble.value} />
          <button type="button" class="btn" onClick=${prepare}>Try again</button>`
      : html`<p class="muted">Loading…</p>`
  }
</section>`

/** What cannot be shown cannot be approved here. @param {CardProps} props */
const Broken = ({ approval }) => html`<section class="card" id=${`a-${approval.id}`} tabindex="-1">
  <h2>This cannot be shown</h2>
  <p class="warn">
    It has a shape that this page does not know, so nothing is decided here. The command line can:${' '}
    <code>wardroom show ${approval.id}</code>
  </p>
  <${Raw} label="All of it" value=${approval} />
</section>`
