// What waits for me, in all sessions: the cards of the inbox, where they are decided in place.
import { Card, isAction, prepare } from '../components/card/card.js'
import { UnknownCard } from '../components/card/others.js'
import { Icon } from '../components/parts.js'
import { alarm } from '../components/toast.js'
import { api } from '../lib/api.js'
import { plain } from '../lib/text.js'
import { inbox } from '../model/inbox.js'
import { SharedSession } from '../model/session.js'
import { html, useEffect, useRef, useState } from '../vendor/ui.js'

/** How often the sessions of what waits are looked at again, in milliseconds. */
const OFTEN = 10000

/** @type {Record<string, string>} */
const KINDS = {
  action: 'Actions',
  draft: 'Drafts',
  permission: 'Permissions',
  prompt: 'Prompts',
  question: 'Questions',
  unknown: 'Unclear',
}

/** @typedef {Schemas['Approval'] | Schemas['Dispatch']} Waits */

/** @param {Waits} it */
const kindOf = it => ('kind' in it ? it.kind : 'unknown')

/** Where what programs ask waits: in no session. */
const NOWHERE = 'programs'

/** Where something waits: in a session, or with an agent that nobody shares yet. @param {Waits} it */
export const placeOf = it => it.sharedSessionId ?? it.agentSessionId ?? NOWHERE

/** @param {Waits} it @param {Schemas['Me']} me */
async function sessionOf(it, me) {
  if (it.sharedSessionId) return new SharedSession(await api(`/api/shared-sessions/${it.sharedSessionId}`), me)
  if ('kind' in it && isAction(it)) return SharedSession.alone(/** @type {any} */ ({ capabilities: [] }), me)
  const { agentSession } = await api(`/api/agent-sessions/${it.agentSessionId}`)
  return SharedSession.alone(agentSession, me)
}

/**
 * The sessions that cards are about: who is in them and how their agents are, asked again whenever something else waits
 * there, and now and then.
 * @param {Schemas['Me']} me
 * @param {Waits[]} all
 * @param {number} [often]
 */
export function useSessions(me, all, often = OFTEN) {
  const [known, setKnown] = useState(/** @type {Map<string, SharedSession>} */ (new Map()))
  const places = new Map(all.map(it => [placeOf(it), it]))
  const load = () => {
    for (const [id, it] of places)
      sessionOf(it, me).then(
        of => setKnown(old => new Map(old).set(id, of)),
        () => null,
      )
  }
  const what = all.map(it => it.id).join()
  useEffect(() => {
    load()
    const timer = setInterval(() => document.hidden || load(), often)
    return () => clearInterval(timer)
  }, [what])
  return known
}

/** A link to a card in its session. @param {SharedSession} of @param {string} card */
export function place(of, card) {
  const { id, title } = of.session.value
  if (!of.agentSession.value.id) return null
  return id ? html`<a href=${`/s/${id}#a-${card}`}><bdi>${plain(title)}</bdi></a>` : 'shared with nobody yet'
}

/** Which kind is shown, of those that wait. @param {Waits[]} all */
function useFilter(all) {
  const [wanted, setFilter] = useState('')
  const kinds = [...new Set(all.map(kindOf))]
  const filter = kinds.includes(/** @type {any} */ (wanted)) ? wanted : ''
  const isShown = (/** @type {Waits} */ it) => filter === '' || kindOf(it) === filter
  const chip = (/** @type {string} */ kind, /** @type {string} */ label, /** @type {number} */ count) =>
    html`<button key=${kind} type="button" class="chip" aria-pressed=${filter === kind} onClick=${() => setFilter(kind)}>${label} ${count}</button>`
  const chips = html`<div class="filters" role="group" aria-label="Show">
    ${kinds.length > 1 && chip('', 'All', all.length)}
    ${kinds.length > 1 && kinds.map(kind => chip(kind, KINDS[kind] ?? kind, all.filter(it => kindOf(it) === kind).length))}
  </div>`
  return { filter, isShown, chips }
}

/**
 * What was ever seen to wait: a card stays until how it ended was read.
 * @param {Schemas['Approval'][]} approvals
 */
function useKept(approvals) {
  const kept = useRef(/** @type {Map<string, Schemas['Approval']>} */ (new Map()))
  for (const it of approvals) kept.current.set(it.id, it)
  return kept.current
}

/** @param {{ me: Schemas['Me'], deck: import('../model/deck.js').Deck }} props */
export function Waiting({ me, deck }) {
  const all = inbox.mine.value
  const decided = inbox.decided.value
  const known = useSessions(me, all)
  const { filter, isShown, chips } = useFilter(all)
  const approvals = /** @type {Schemas['Approval'][]} */ (all.filter(it => 'kind' in it))
  const dispatches = /** @type {Schemas['Dispatch'][]} */ (all.filter(it => !('kind' in it) && isShown(it)))
  const kept = useKept(approvals)
  const before = useRef({ filter, ids: new Set(approvals.map(it => it.id)) })
  useEffect(() => {
    for (const it of decided) deck.settle(it)
    const ids = approvals.filter(isShown).map(it => it.id)
    for (const it of approvals.filter(one => !before.current.ids.has(one.id))) {
      before.current.ids.add(it.id)
      alarm.value = `This waits for you: ${plain(it.action)}`
    }
    // What comes later goes below; what is asked for anew is in order.
    if (before.current.filter === filter) deck.deal(ids)
    else deck.sort(ids)
    before.current.filter = filter
  })
  useEffect(() => void prepare(), [])
  const changed = (/** @type {Schemas['Approval']} */ now) => {
    kept.set(now.id, now)
    if (now.status !== 'pending') deck.settle(now)
    inbox.changed(now)
  }
  const cards = deck.order.value.flatMap(id => {
    const it = kept.get(id)
    const of = it && known.get(placeOf(it))
    return it && of
      ? [html`<${Card} key=${id} approval=${it} of=${of} deck=${deck} place=${place(of, id)} changed=${changed} />`]
      : []
  })
  const isEmpty = inbox.isLoaded.value && all.length === 0 && deck.settled.value.size === 0
  return html`<section aria-labelledby="waiting-title">
    <div class="heading-row">
      <h2 id="waiting-title">Waiting for you</h2>
      ${chips}
    </div>
    ${
      isEmpty &&
      html`<div class="empty">
        <${Icon} name="inbox" />
        <p>Nothing waits for you.</p>
        <p class="muted">What needs your yes, in any session, comes here.</p>
      </div>`
    }
    <div class="cards ${deck.isMoving.value ? 'moving' : ''}" tabindex="-1" onPointerEnter=${() => deck.point(true)} onPointerLeave=${() => deck.point(false)}>
      ${cards}
      ${dispatches.map(it => {
        const of = known.get(it.sharedSessionId)
        return (
          of &&
          html`<${UnknownCard} key=${it.id} dispatch=${it} of=${of} place=${place(of, it.id)} changed=${() => void inbox.ask()} />`
        )
      })}
    </div>
  </section>`
}
