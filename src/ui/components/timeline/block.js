// A block of the timeline: a turn with its head and its end, or what came between two turns.
import { own } from '../../lib/own.js'
import { plain } from '../../lib/text.js'
import { clock, now, span } from '../../lib/time.js'
import { Component, html } from '../../vendor/ui.js'
import { Icon, Who } from '../parts.js'
import { TimelineItem } from './items.js'
import { Prompt } from './prompt.js'

/** How a turn ended, in words, by its stop reason. @type {Record<string, string>} */
const STOPS = {
  end_turn: 'done',
  max_tokens: 'stopped: the agent ran out of tokens',
  max_turn_requests: 'stopped: the agent asked its model too often',
  refusal: 'the agent refused',
  cancelled: 'stopped',
}

/** @param {Schemas['Dispatch']} dispatch */
function ending({ state, stopReason, startedAt, sentAt, endedAt }) {
  const begun = startedAt ?? sentAt
  const took = begun && endedAt ? ` · ${span(Date.parse(endedAt) - Date.parse(begun))}` : ''
  if (state === 'succeeded') return `${own(STOPS, stopReason ?? 'end_turn') ?? plain(stopReason)}${took}`
  if (state === 'failed') return `failed${took}`
  if (state === 'cancelled') return `stopped${took}`
  if (state === 'unknown') return 'nobody knows whether it ran'
  return begun ? `working · ${span(now.value - Date.parse(begun))}` : 'working'
}

/** @param {{ block: import('../../model/timeline.js').Block, of: import('../../model/session.js').SharedSession }} props */
function Summary({ block, of }) {
  const { head, stats, dispatch } = block
  const did = [
    stats.tools > 0 && `${stats.tools} tool${stats.tools === 1 ? '' : 's'}`,
    (stats.add > 0 || stats.del > 0) && `+${stats.add} −${stats.del}`,
    dispatch && ending(dispatch),
  ]
  return html`<button
    type="button"
    class="fold"
    aria-expanded=${block.open.value}
    onClick=${() => of.timeline.fold(block, !block.open.value)}
  >
    <${Icon} name=${block.open.value ? 'chevron-down' : 'chevron-right'} />
    ${!block.open.value && head && html`<${Who} id=${head.approval.participantId} of=${of} />${' · '}`}
    ${!block.open.value && head && html`<span class="clip">${plain(head.approval.prompt).slice(0, 80)}</span>${' · '}`}
    <span class="muted">${did.filter(Boolean).join(' · ')}</span>
  </button>`
}

/**
 * @param {object} props
 * @param {import('../../model/timeline.js').Block} props.block
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {import('../../views/session/actions.js').Actions} props.actions
 */
function Content({ block, of, actions }) {
  const version = block.version.value
  const isTurn = block.kind === 'turn'
  const isOpen = (block.turn ?? block).open.value
  const first = block.head ?? block.items[0]
  const named = isTurn && `h-${block.id}`
  if (!isTurn && !isOpen) return null
  const items = () =>
    block.items.map(it => html`<${TimelineItem} key=${it.id} item=${it} of=${of} actions=${actions} />`)
  const shown = (block.items.length > 0 || isTurn) && isOpen
  return html`<li class="block ${block.kind} ${isOpen ? '' : 'folded'}" data-from=${first?.seq}>
    <article aria-labelledby=${named || undefined} aria-label=${named ? undefined : 'Between turns'} tabindex="-1">
      ${isTurn && isOpen && block.head && html`<${Prompt} item=${block.head} version=${block.head.version.value} of=${of} actions=${actions} id=${named} />`}
      ${
        isTurn &&
        html`<p class="agent-is" id=${block.head && isOpen ? undefined : named || undefined}>
        <b class="agent-name">${plain(of.agent)}</b>
        ${' '}<time class="muted" datetime=${block.dispatch?.queuedAt}>${clock(block.dispatch?.startedAt ?? block.dispatch?.queuedAt ?? 0)}</time>
        ${' '}<${Summary} block=${block} version=${version} of=${of} />
      </p>`
      }
      ${shown && html`<ol class="items">${items()}</ol>`}
    </article>
  </li>`
}

/** Drawn again only when the block itself says so: not because another was added. */
export class TimelineBlock extends Component {
  /** @param {any} next */
  shouldComponentUpdate(next) {
    return next.block !== this.props.block || next.of !== this.props.of
  }

  /** @param {any} props */
  render(props) {
    return html`<${Content} ...${props} />`
  }
}
