// The card of a decision: who asks, exactly what, and after that the buttons. The server decides who may; a card that is
// not current takes no keys, and none is approved before all of it could be read.
import { own } from '../../lib/own.js'
import { plain } from '../../lib/text.js'
import { now, span } from '../../lib/time.js'
import { html, useEffect, useRef, useState } from '../../vendor/ui.js'
import { Said, Trouble, Who } from '../parts.js'
import { Raw } from '../timeline/items.js'
import { useDeciding } from './deciding.js'
import { Reading } from './exact.js'
import { KINDS } from './kinds.js'
import { Outcome } from './outcome.js'
import { Extend, Suggestions, Withdraw } from './others.js'

/**
 * @typedef {object} CardProps
 * @property {Schemas['Approval']} approval
 * @property {import('../../model/session.js').SharedSession} of
 * @property {import('../../model/deck.js').Deck} deck
 * @property {any} [place] where it belongs, where that is not plain
 * @property {(approval: Schemas['Approval']) => void} [changed] told what the server answered, where no stream tells
 */

/** What a tool call would do. @type {Record<string, string>} */
const ASKS = {
  delete: 'Delete?',
  edit: 'Edit a file?',
  execute: 'Run a command?',
  fetch: 'Fetch a page?',
  move: 'Move a file?',
}

/** @param {{ approval: Schemas['Approval'], of: any }} props */
export function Heading({ approval: it, of }) {
  const call = /** @type {any} */ (it.details)?.toolCall
  if (it.kind === 'prompt') return html`<${Who} id=${it.participantId} of=${of} /> wants to send a prompt`
  if (it.kind === 'question') return html`${plain(of.agent)} asks`
  if (it.kind === 'permission') return own(ASKS, call?.kind) ?? 'Use a tool?'
  if (it.kind === 'draft') return 'Is this draft good?'
  return plain(it.action)
}

/** Why an agent came to ask. @param {{ of: any }} props */
function Because({ of }) {
  const cause = of.timeline.turn?.head?.approval ?? of.approvals.value.get(of.running?.approvalId)
  if (!cause) return null
  return html`<div><dt>Because</dt><dd><${Who} id=${cause.participantId} of=${of} /> prompted</dd></div>`
}

/** @param {{ approval: Schemas['Approval'], of: any, place?: any }} props */
function Facts({ approval: it, of, place }) {
  const isAgents = it.kind !== 'prompt'
  const { folder } = of.agentSession.value
  const { cwd } = /** @type {any} */ (it.details)?.toolCall?.rawInput ?? {}
  const where = cwd ?? folder
  return html`<dl>
    ${place && html`<div><dt>Session</dt><dd>${place}</dd></div>`}
    ${isAgents && html`<div><dt>Asked by</dt><dd>${it.participantId ? html`<${Who} id=${it.participantId} of=${of} />` : plain(of.agent)}</dd></div>`}
    ${isAgents && html`<${Because} of=${of} />`}
    ${it.kind === 'permission' && where && html`<div><dt>Folder</dt><dd><code>${plain(where)}</code></dd></div>`}
  </dl>`
}

/** What of a card is still to be read. */
function useReading() {
  const [isUnread, setUnread] = useState(false)
  const [reading] = useState(() => {
    const unread = new Set()
    const look = () => setUnread(unread.size > 0)
    return {
      expect: (/** @type {object} */ id) => (unread.add(id), look()),
      seen: (/** @type {object} */ id) => (unread.delete(id), look()),
    }
  })
  return { isUnread, reading }
}

/** @param {CardProps} props */
export function Card({ approval: given, of, deck, place, changed }) {
  const { id } = given
  const deciding = useDeciding(given, deck, changed)
  const { approval, doing, error } = deciding
  const { isUnread, reading } = useReading()
  const settled = deck.settled.value.get(id)
  const mayDecide = of.mayDecide(approval)
  const isCurrent = deck.current.value === id
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    if (settled && box.current?.contains(document.activeElement)) box.current.focus()
  }, [settled])
  useEffect(() => () => void deck.keys.delete(id), [])
  const title = `t-${id}`
  if (settled) {
    return html`<section class="card settled" id=${`a-${id}`} ref=${box} tabindex="-1" aria-labelledby=${title}>
      <h2 id=${title}><${Heading} approval=${settled.approval} of=${of} /></h2>
      <p><${Outcome} approval=${settled.approval} of=${of} wasFirst=${settled.wasFirst} /></p>
    </section>`
  }
  const Kind = KINDS[approval.kind] ?? KINDS.action
  const sent = /** @type {any} */ (approval.details)
  return html`<section
    class="card ${isCurrent && mayDecide ? 'current' : ''} ${mayDecide ? '' : 'idle'}"
    id=${`a-${id}`}
    ref=${box}
    tabindex="-1"
    aria-labelledby=${title}
    aria-current=${isCurrent ? 'true' : undefined}
    onFocusIn=${() => deck.choose(id)}
  >
    <h2 id=${title}><${Heading} approval=${approval} of=${of} /></h2>
    ${deciding.isChanged && html`<p class="warn">⚠ Changed since you read it: read it again.</p>`}
    <${Facts} approval=${approval} of=${of} place=${place} />
    <${Reading.Provider} value=${reading}>
      <${Kind} approval=${approval} of=${of} deck=${deck} deciding=${deciding} isUnread=${isUnread} mayDecide=${mayDecide && !doing} />
    <//>
    ${doing && html`<p class="doing" role="status">${doing}</p>`}
    ${error && html`<${Trouble} error=${error} />`}
    ${!mayDecide && html`<p class="waits">Waits for ${of.host ? html`<${Who} id=${of.host.id} of=${of} />` : 'the host'}.</p>`}
    <${Suggestions} approval=${approval} of=${of} />
    ${sent && Object.keys(sent).length > 0 && approval.kind !== 'prompt' && html`<${Raw} label="Everything the agent sent" value=${sent} />`}
    ${approval.participantId === of.mine?.id && approval.participantId && html`<${Withdraw} approval=${approval} />`}
    ${approval.expiresAt &&
    html`<p class="muted expiry">
      Expires in <time datetime=${approval.expiresAt}>${span(Date.parse(approval.expiresAt) - now.value)}</time>; then it is a no.
      ${mayDecide && html` <${Extend} approval=${approval} changed=${changed} />`}
    </p>`}
  </section>`
}

/** A decision that names what it is about, for who reads it aloud. @param {{ approval: Schemas['Approval'] }} props */
export const What = ({ approval }) => html`<${Said} text=${approval.prompt ?? approval.action} />`
