// The inbox: what waits for me, what goes on, and how to begin.
import { cardKeys } from '../components/card/keys.js'
import { Act, Copyable, Icon } from '../components/parts.js'
import { Pill } from '../components/pill.js'
import { api } from '../lib/api.js'
import { bind } from '../lib/keys.js'
import { go } from '../lib/router.js'
import { plain } from '../lib/text.js'
import { ago } from '../lib/time.js'
import { Deck } from '../model/deck.js'
import { inbox } from '../model/inbox.js'
import { MODES } from '../model/rights.js'
import { html, useEffect, useMemo, useState } from '../vendor/ui.js'
import { useBar, useTitle } from './shell.js'
import { Waiting } from './waiting.js'

/** Agents that a terminal shares with one line. */
const AGENTS = ['claude', 'codex', 'gemini', 'opencode']
/** How often the list of sessions is asked for, in milliseconds. */
const OFTEN = 5000

/** The sessions there are. */
function useList() {
  const [list, setList] = useState(/** @type {Schemas['Session'][] | null} */ (null))
  useEffect(() => {
    const load = () =>
      document.hidden ||
      api('/api/shared-sessions?limit=30').then(
        it => setList(it.sessions),
        () => null,
      )
    load()
    const timer = setInterval(load, OFTEN)
    return () => clearInterval(timer)
  }, [])
  return list
}

/** @param {Schemas['Session']} session */
const ended = ({ status, closedAt, expiresAt, createdAt }) =>
  `${status === 'closed' ? 'Closed' : 'Expired'} ${ago(closedAt ?? expiresAt ?? createdAt)}`

/** @param {{ it: Schemas['Session'] }} props */
export const SessionRow = ({ it }) => html`<li>
  <a href=${`/s/${it.id}`}>
    <span class="state ${it.status}" aria-hidden="true">${it.status === 'active' ? '●' : '○'}</span>
    <bdi class="clip">${plain(it.title)}</bdi>
    <span class="muted">${it.status === 'active' ? MODES[it.mode].name : ended(it)}</span>
  </a>
</li>`

/** @param {Schemas['Session'][]} sessions */
const rows = sessions =>
  html`<ul class="sessions">${sessions.map(it => html`<${SessionRow} key=${it.id} it=${it} />`)}</ul>`

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
      <button type="button" class="btn" aria-expanded=${shares} onClick=${() => setShares(!shares)}>
        <${Icon} name="terminal" /> Share a real agent
      </button>
    </div>
    ${
      shares &&
      html`<p class="muted">In a terminal, where the agent and its folder are:</p>
      <div class="agents">${AGENTS.map(it => html`<${Copyable} label=${`Share ${it}`} text=${`wardroom share ${it}${server}`} />`)}</div>`
    }
  </section>`
}

/** How the inbox is connected. */
const State = () => html`<div id="bar"><div class="states"><${Pill} live=${inbox.connection} /></div></div>`

/** @param {{ me: Schemas['Me'] }} props */
export function InboxView({ me }) {
  const deck = useMemo(() => new Deck(), [])
  const list = useList()
  const [Help, setHelp] = useState(/** @type {any} */ (null))
  useTitle('Inbox')
  useBar(State, {}, [])
  useEffect(() => {
    // What is about a link or a button is theirs.
    const open = (/** @type {KeyboardEvent} */ { target }) => {
      const id = deck.current.peek()
      const link = target instanceof Element && target.id === `a-${id}` && target.querySelector('dl a[href]')
      if (link) go(link.getAttribute('href') ?? '/')
    }
    const help = () => void import('./session/help.js').then(it => setHelp(() => it.KeysDialog))
    return bind({ ...cardKeys(deck), Enter: open, '?': help })
  }, [deck])
  const live = list?.filter(it => it.status === 'active') ?? []
  const recent = list?.filter(it => it.status !== 'active').slice(0, 8) ?? []
  return html`<div class="inbox">
    <${Waiting} me=${me} deck=${deck} />
    ${live.length > 0 && html`<section><h2>Live now</h2>${rows(live)}</section>`}
    ${recent.length > 0 && html`<section><h2>Recent</h2>${rows(recent)}<a href="/history">All of them</a></section>`}
    ${me.user && html`<${Begin} />`}
    ${Help && html`<${Help} close=${() => setHelp(null)} />`}
  </div>`
}
