// What a program asks of people, as long as it is on the page. Where the host decides, a click tells it what to answer.
import { api } from '../../lib/api.js'
import { anyOf } from '../../lib/names.js'
import { risks } from '../../lib/risk.js'
import { exact, plain } from '../../lib/text.js'
import { ago, now, span } from '../../lib/time.js'
import { inbox } from '../../model/inbox.js'
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/ui.js'
import { Act, Icon, Said, Trouble } from '../parts.js'
import { Risk, useOpened } from './acts.js'
import { Answers, isYes } from './answers.js'
import { Asker, useFacts } from './asker.js'
import { useDeciding } from './deciding.js'
import { Details } from './details.js'
import { Exact, Reading, useReading } from './exact.js'
import { useKeys } from './keys.js'
import { Ending, Wish } from './verdict.js'

/** @param {{ approval: Schemas['Approval'] }} props */
function Deadline({ approval: { createdAt, expiresAt } }) {
  const left = expiresAt ? Date.parse(expiresAt) - now.value : 0
  const end =
    left > 0
      ? html` Expires in <time datetime=${expiresAt}>${span(left)}</time>; then the program is told that nobody answered.`
      : expiresAt && ' The time for this is up.'
  return html`<p class="muted expiry">Asked ${ago(createdAt)}.${end}</p>`
}

/** @param {string} text */
const sentence = text => text[0].toUpperCase() + text.slice(1)

/** Why there are no buttons, and what can be done besides. @param {any} props */
function Refused({ approval, facts, changed }) {
  const isMine = approval.askedByUserId !== null && approval.askedByUserId === inbox.me.value?.user?.id
  const withdraw = async () => {
    const answer = await api(`/api/approvals/${approval.id}`, undefined, { method: 'DELETE' })
    changed?.(answer.approval)
  }
  return html`<p class="waits">${plain(sentence(facts.refused))}. It waits for ${anyOf(facts.deciders)}.</p>
    ${isMine && html`<${Act} class="small" doing="Taking it back…" work=${withdraw}>Take it back<//>`}`
}

/** What is asked, and what can be answered. @param {any} props */
function Asks(props) {
  const { approval, facts, deciding, isUnread, changed } = props
  const { form, isAnyOpen } = useOpened()
  const [reason, setReason] = useState('')
  const why = risks(approval, null)
  const isRisky = why.length > 0
  const { hidden, isMixed } = exact(approval.action)
  const yes = approval.options.find((/** @type {any} */ it) => isYes(it.kind))
  const choose = (/** @type {Schemas['ApprovalOption']} */ { id, kind }) =>
    deciding.decide(approval.systemLevel ? 'Sending…' : 'Asking…', {
      action: isYes(kind) ? 'approve' : 'reject',
      optionId: id,
      reason: reason.trim() || null,
    })
  const mayDecide = facts !== null && !facts.refused
  const keys = { r: form('why').toggle, ...(yes && !isAnyOpen && { a: () => choose(yes) }) }
  useKeys({ ...props, isOff: !mayDecide }, keys, isRisky)
  return html`
    ${(hidden > 0 || isMixed) && html`<${Exact} label="What is asked" text=${approval.action} />`}
    <${Details} details=${approval.details} />
    <${Risk} why=${why} />
    <${Wish} approval=${approval} facts=${facts} />
    ${
      mayDecide &&
      html`<${Answers}
        options=${approval.options}
        deciding=${deciding}
        isOff=${false}
        isUnread=${isUnread}
        isRisky=${isRisky}
        choose=${choose}
        form=${form('why')}
        reason=${reason}
        setReason=${setReason}
      />`
    }
    ${facts?.refused && html`<${Refused} approval=${approval} facts=${facts} changed=${changed} />`}
  `
}

/** @param {import('./card.js').CardProps & { settled?: import('../../model/deck.js').Settled }} props */
export function ActionCard({ approval, deck, changed, settled }) {
  const { id } = approval
  const learned = (/** @type {Schemas['Approval']} */ now) => changed?.(now)
  const it = settled?.approval ?? approval
  const { facts, error, load } = useFacts(it, learned)
  const deciding = useDeciding(approval, deck, learned)
  const { isUnread, reading } = useReading()
  const isCurrent = deck.current.value === id
  const mayDecide = facts !== null && !facts.refused
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  // The focus stays in the place of what was decided.
  const hadFocus = Boolean(box.current?.contains(document.activeElement))
  useLayoutEffect(() => void (settled && hadFocus && box.current?.focus()), [settled !== undefined])
  useEffect(
    () => () => {
      const { current } = box
      if (current?.contains(document.activeElement))
        /** @type {HTMLElement | null} */ (current.closest('.cards'))?.focus()
    },
    [],
  )
  const title = html`<h2 id=${`t-${id}`}><${Said} text=${approval.action} /></h2>`
  const tone = it.status === 'approved' ? '' : it.status === 'rejected' ? 'refused' : 'over'
  if (settled)
    return html`<section class="card settled ${tone}" id=${`a-${id}`} ref=${box} tabindex="-1" aria-labelledby=${`t-${id}`}>
      ${title}
      <p><${Ending} approval=${it} facts=${facts} wasFirst=${settled.wasFirst} /></p>
      ${settled.stays && html`<button type="button" class="btn small" onClick=${() => deck.dismiss(id)}><${Icon} name="x" /> Put it away</button>`}
    </section>`
  return html`<section
    class="card ${isCurrent && mayDecide ? 'current' : ''} ${isCurrent ? '' : 'queued'} ${mayDecide ? '' : 'idle'}"
    id=${`a-${id}`}
    ref=${box}
    tabindex="-1"
    aria-labelledby=${`t-${id}`}
    aria-current=${isCurrent ? 'true' : undefined}
    onFocusIn=${() => deck.choose(id)}
  >
    ${title}
    ${deciding.isChanged && html`<p class="warn" role="alert">⚠ Changed since you read it: read it again.</p>`}
    ${facts && html`<${Asker} approval=${approval} facts=${facts} me=${inbox.me.value} />`}
    ${!facts && !error && html`<p class="muted" aria-busy="true">Loading who asks…</p>`}
    ${error && html`<${Trouble} error=${error} /><button type="button" class="btn small" onClick=${load}>Try again</button>`}
    <${Reading.Provider} value=${reading}>
      <${Asks}
        key=${approval.digest}
        approval=${approval}
        facts=${facts}
        deck=${deck}
        deciding=${deciding}
        isUnread=${isUnread}
        changed=${changed}
      />
    <//>
    ${deciding.error && html`<${Trouble} error=${deciding.error} />`}
    <${Deadline} approval=${approval} />
  </section>`
}
