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

/** What shows a card: of what a program asks, and of anything else. */
const PARTS = {
  action: async () => (await import('./action.js')).ActionCard,
  other: async () => (await import('./open.js')).Open,
}

/** @typedef {keyof typeof PARTS} Part */

/** What of it is there. @type {import('../../vendor/ui.js').Signal<Partial<Record<Part, any>>>} */
const views = signal({})
/** Why something is not there. @type {import('../../vendor/ui.js').Signal<any>} */
const trouble = signal(null)
const asked = new Set()

/** Loads what a card takes. @param {Part} [part] */
export async function prepare(part = 'other') {
  if (asked.has(part)) return
  asked.add(part)
  try {
    const view = await PARTS[part]()
    views.value = { ...views.peek(), [part]: view }
    trouble.value = null
  } catch (error) {
    asked.delete(part)
    trouble.value = error
  }
}

/** Whether a program asks it, and no session. @param {Schemas['Approval']} approval */
export const isAction = ({ kind, sharedSessionId }) => kind === 'action' && !sharedSessionId

/** @param {CardProps} props */
export function Card(props) {
  const [broken] = useErrorBoundary()
  const part = isAction(props.approval) ? 'action' : 'other'
  const settled = props.deck.settled.value.get(props.approval.id)
  const View = views.value[part]
  if (broken) return html`<${Broken} ...${props} />`
  if (settled && part === 'other') return html`<${Settled} ...${props} settled=${settled} />`
  if (View) return html`<${View} ...${props} settled=${settled} />`
  prepare(part)
  return html`<${Coming} ...${props} again=${() => prepare(part)} />`
}

/** A card that is still to come. @param {CardProps & { again: () => void }} props */
const Coming = ({
  approval,
  of,
  again,
}) => html`<section class="card" id=${`a-${approval.id}`} tabindex="-1" aria-busy="true">
  <h2><${Heading} approval=${approval} of=${of} /></h2>
  ${
    trouble.value
      ? html`<${Trouble} error=${trouble.value} />
          <button type="button" class="btn" onClick=${again}>Try again</button>`
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
