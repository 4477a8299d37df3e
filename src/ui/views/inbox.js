// The inbox: what waits for me, what goes on, and how to begin.
import { Card } from '../components/card/card.js'
import { UnknownCard } from '../components/card/others.js'
import { Act, Copyable, Icon } from '../components/parts.js'
import { Pill } from '../components/pill.js'
import { alarm, say } from '../components/toast.js'
import { api } from '../lib/api.js'
import { bind } from '../lib/keys.js'
import { go } from '../lib/router.js'
import { plain } from '../lib/text.js'
import { ago } from '../lib/time.js'
import { Deck } from '../model/deck.js'
import { inbox } from '../model/inbox.js'
import { MODES } from '../model/rights.js'
import { SharedSession } from '../model/session.js'
import { html, useEffect, useMemo, useRef, useState } from '../vendor/ui.js'
import { useBar, useTitle } from './shell.js'

/** Agents that a terminal shares with one line. */
const AGENTS = ['claude', 'codex', 'gemini', 'opencode']
/** How often the list of sessions is asked for, in milliseconds. */
const OFTEN = 5000

/** The sessions that cards are about, each loaded once. @param {Schemas['Me']} me */
function useSessions(me) {
  const asked = useRef(new Set())
  const [known, setKnown] = useState(/** @type {Map<string, SharedSession>} */ (new Map()))
  const want = (/** @type {string | null} */ id) => {
    if (!id || asked.current.has(id)) return
    asked.current.add(id)
    api(`/api/shared-sessions/${id}`).then(
      snapshot => setKnown(old => new Map(old).set(id, new SharedSession(snapshot, me))),
      () => asked.current.delete(id),
    )
  }
  return { known, want }
}

/** @param {{ me: Schemas['Me'], deck: Deck }} props */
function Waiting({ me, deck }) {
  const { known, want } = useSessions(me)
  const [filter, setFilter] = useState('')
  const all = inbox.mine.value
  const approvals = /** @type {Schemas['Approval'][]} */ (all.filter(it => 'kind' in it))
  const dispatches = /** @type {Schemas['Dispatch'][]} */ (all.filter(it => 'state' in it))
  const kinds = [...new Set(approvals.map(it => it.kind))]
  const kept = useRef(/** @type {Map<string, Schemas['Approval']>} */ (new Map()))
  const before = useRef(new Set(approvals.map(it => it.id)))
  for (const it of approvals) kept.current.set(it.id, it)
  useEffect(() => {
    for (const it of all) want(it.sharedSessionId)
    const ids = approvals.filter(it => !filter || it.kind === filter).map(it => it.id)
    for (const it of approvals.filter(one => !before.current.has(one.id))) {
      before.current.add(it.id)
      alarm.value = `This waits for you: ${plain(it.action)}`
    }
    deck.deal(ids)
  })
  const changed = (/** @type {Schemas['Approval']} */ now) => {
    kept.current.set(now.id, now)
    if (now.status !== 'pending') deck.settle(now)
    inbox.changed(now)
  }
  const place = (/** @type {SharedSession} */ of) => html`<a href=${`/s/${of.session.value.id}`}><bdi>${plain(of.session.value.title)}</bdi></a>`
  const cards = deck.order.value.flatMap(id => {
    const it = kept.current.get(id)
    const of = it && known.get(it.sharedSessionId ?? '')
    return it && of ? [html`<${Card} key=${id} approval=${it} of=${of} deck=${deck} place=${place(of)} changed=${changed} />`] : []
  })
  return html`<section aria-labelledby="waiting-title">
    <div class="heading-row">
      <h2 id="waiting-title">Waiting for you</h2>
      ${kinds.length > 1 &&
      html`<div class="filters" role="group" aria-label="Show">
        <button type="button" class="chip" aria-pressed=${filter === ''} onClick=${() => setFilter('')}>All ${approvals.length}</button>
        ${kinds.map(kind => html`<button type="button" class="chip" aria-pressed=${filter === kind} onClick=${() => setFilter(kind)}>${KINDS[kind] ?? kind} ${approvals.filter(it => it.kind === kind).length}</button>`)}
      </div>`}
    </div>
    ${inbox.isLoaded.value && all.length === 0 && deck.settled.value.size === 0 && html`<div class="empty"><${Icon} name="inbox" /><p>Nothing waits for you.</p><p class="muted">What needs your yes, in any session, comes here.</p></div>`}
    <div class="cards">
      ${cards}
      ${dispatches.map(it => {
        const of = known.get(it.sharedSessionId)
        return of && html`<${UnknownCard} key=${it.id} dispatch=${it} of=${of} place=${place(of)} changed=${() => void inbox.ask()} />`
      })}
    </div>
  </section>`
}

/** @type {Record<string, string>} */
const KINDS = { action: 'Actions', draft: 'Drafts', permission: 'Permissions', prompt: 'Prompts', question: 'Questions' }

/** The sessions there are. */
function useList() {
  const [list, setList] = useState(/** @type {Schemas['Session'][] | null} */ (null))
  useEffect(() => {
    const load = () => document.hidden || api('/api/shared-sessions?limit=30').then(it => setList(it.sessions), () => null)
    load()
    const timer = setInterval(load, OFTEN)
    return () => clearInterval(timer)
  }, [])
  return list
}

/** @param {{ it: Schemas['Session'] }} props */
export const SessionRow = ({ it }) => html`<li>
  <a href=${`/s/${it.id}`}>
    <span class="state ${it.status}" aria-hidden="true">${it.status === 'active' ? '●' : '○'}</span>
    <bdi class="clip">${plain(it.title)}</bdi>
    <span class="muted">${it.status === 'active' ? MODES[it.mode].name : `${it.status} ${ago(it.closedAt ?? it.expiresAt ?? it.createdAt)}`}</span>
  </a>
</li>`

function Begin() {
  const isLocal = /^(localhost|127\.|\[::1)/.test(location.hostname)
  const server = isLocal ? '' : ` --server ${location.origin}`
  const [shares, setShares] = useState(false)
  const demo = async () => {
    const { session } = await api('/api/demo', {})
    go(`/s/${session.id}`)
  }
  return html`<section class="begin" aria-label="Begin">
    <div class="acts">
      <${Act} class="primary" doing="Starting…" work=${demo}><${Icon} name="play" /> Start the demo session<//>
      <button type="button" class="btn" aria-expanded=${shares} onClick=${() => setShares(!shares)}><${Icon} name="terminal" /> Share a real agent</button>
    </div>
    ${shares &&
    html`<p class="muted">In a terminal, where the agent and its folder are:</p>
      <div class="agents">${AGENTS.map(it => html`<${Copyable} label=${`Share ${it}`} text=${`wardroom share ${it}${server}`} />`)}</div>`}
  </section>`
}

/** How the inbox is connected, in the tab that is. */
const State = () => html`<div id="bar"><div class="states">${inbox.live.value && html`<${Pill} live=${inbox.live.value} />`}</div></div>`

/** @param {{ me: Schemas['Me'] }} props */
export function InboxView({ me }) {
  const deck = useMemo(() => new Deck(), [])
  const list = useList()
  useTitle('Inbox')
  useBar(State, {}, [])
  useEffect(() => {
    const step = (/** @type {1 | -1} */ by) => () => document.getElementById(`a-${deck.step(by)}`)?.focus()
    const press = (/** @type {string} */ key) => (/** @type {KeyboardEvent} */ event) => deck.press(key) && event.preventDefault()
    return bind({ a: press('a'), e: press('e'), r: press('r'), j: step(1), k: step(-1), '?': () => say('A approve, E edit, R reject, J and K move') })
  }, [deck])
  const live = list?.filter(it => it.status === 'active') ?? []
  const recent = list?.filter(it => it.status !== 'active').slice(0, 8) ?? []
  return html`<div class="inbox">
    <${Waiting} me=${me} deck=${deck} />
    ${live.length > 0 && html`<section><h2>Live now</h2><ul class="sessions">${live.map(it => html`<${SessionRow} key=${it.id} it=${it} />`)}</ul></section>`}
    ${recent.length > 0 && html`<section><h2>Recent</h2><ul class="sessions">${recent.map(it => html`<${SessionRow} key=${it.id} it=${it} />`)}</ul><a href="/history">All of them</a></section>`}
    ${me.user && html`<${Begin} />`}
  </div>`
}
