// A card that waits: who asks, exactly what, and after that the buttons. The server decides who may; a card that is not
// current takes no keys, and none is approved before all of it could be read.
import { now, span } from '../../lib/time.js'
import { html, useEffect, useRef } from '../../vendor/ui.js'
import { Trouble, Who } from '../parts.js'
import { useDeciding } from './deciding.js'
import { Everything, Reading, useReading } from './exact.js'
import { Facts } from './facts.js'
import { Heading } from './heading.js'
import { lookAt } from './keys.js'
import { KINDS } from './kinds.js'
import { Extend, Suggestions, Withdraw } from './others.js'

/** What happens when nobody decides. @type {Record<string, string>} */
const THEN = { permission: 'then the agent is told no', question: 'then it is cancelled' }

/** @param {{ approval: Schemas['Approval'], of: any, mayDecide: boolean, changed?: (approval: Schemas['Approval']) => void }} props */
function Deadline({ approval, of, mayDecide, changed }) {
  const { kind, expiresAt } = approval
  if (!expiresAt) return null
  const left = Date.parse(expiresAt) - now.value
  return html`<p class="muted expiry">
    ${left > 0 ? html`Expires in <time datetime=${expiresAt}>${span(left)}</time>; ${THEN[kind] ?? 'then nothing runs'}.` : 'The time for this is up.'}
    ${mayDecide && left > 0 && html` <${Extend} approval=${approval} of=${of} changed=${changed} />`}
  </p>`
}

/** That it was asked before, with a way to that card while it is there. @param {{ id: string, deck: import('../../model/deck.js').Deck }} props */
const Before = ({ id, deck }) => html`<p class="muted">
  It was ${deck.order.value.includes(id) ? html`<button type="button" class="link" onClick=${() => lookAt(id)}>asked before</button>` : 'asked before'},
  ${' '}and that ended undecided: the agent was gone.
</p>`

/** @param {import('./card.js').CardProps} props */
export function Open({ approval, of, deck, place, changed }) {
  const { id, kind } = approval
  const learned = (/** @type {Schemas['Approval']} */ now, isRefused = true) => {
    // Where there is a stream, a decision is one when that says so; of what was refused nothing more is heard.
    if (isRefused) of.learn(now)
    changed?.(now)
  }
  const deciding = useDeciding(approval, deck, learned)
  const { isUnread, reading } = useReading()
  const mayDecide = of.mayDecide(approval)
  const isAway = kind !== 'prompt' && kind !== 'draft' && of.agentSession.value.status === 'away'
  const isCurrent = deck.current.value === id
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  // The focus stays in the place of what was decided.
  useEffect(
    () => () => {
      if (box.current?.contains(document.activeElement)) setTimeout(() => document.getElementById(`a-${id}`)?.focus())
    },
    [],
  )
  const title = `t-${id}`
  const Kind = KINDS[kind] ?? KINDS.action
  const sent = /** @type {any} */ (approval.details)
  const before = of.askedBefore(approval)
  const isMine = approval.participantId !== null && approval.participantId === of.mine?.id
  return html`<section
    class="card ${isCurrent && mayDecide ? 'current' : ''} ${isCurrent ? '' : 'queued'} ${mayDecide ? '' : `idle ${isMine ? 'own' : ''}`}"
    id=${`a-${id}`}
    ref=${box}
    tabindex="-1"
    aria-labelledby=${title}
    aria-current=${isCurrent ? 'true' : undefined}
    onFocusIn=${() => deck.choose(id)}
  >
    <h2 id=${title}><${Heading} approval=${approval} of=${of} /></h2>
    ${deciding.isChanged && html`<p class="warn" role="alert">⚠ Changed since you read it: read it again.</p>`}
    <${Facts} approval=${approval} of=${of} place=${place} />
    <${Reading.Provider} value=${reading}>
      <${Kind}
        key=${approval.digest}
        approval=${approval}
        of=${of}
        deck=${deck}
        deciding=${deciding}
        isUnread=${isUnread}
        mayDecide=${mayDecide}
        isOff=${isAway || !mayDecide}
        learned=${learned}
      />
    <//>
    ${before && html`<${Before} id=${before.id} deck=${deck} />`}
    ${isAway && html`<p class="warn">The computer of the agent is not connected, so nothing can be decided now. It waits.</p>`}
    ${deciding.error && html`<${Trouble} error=${deciding.error} />`}
    ${!mayDecide && html`<p class="waits">Waits for ${of.host ? html`<${Who} id=${of.host.id} of=${of} />` : 'the host'}.</p>`}
    <${Suggestions} approval=${approval} of=${of} changed=${changed} />
    ${sent && Object.keys(sent).length > 0 && kind !== 'prompt' && html`<${Everything} value=${sent} />`}
    ${isMine && html`<${Withdraw} approval=${approval} changed=${changed} />`}
    <${Deadline} approval=${approval} of=${of} mayDecide=${mayDecide} changed=${changed} />
  </section>`
}
