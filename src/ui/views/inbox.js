// The inbox: what waits for me, what goes on, and how to begin.
import { cardKeys } from '../components/card/keys.js'
import { Dialog } from '../components/dialog.js'
import { Act, Copyable, Icon, Said } from '../components/parts.js'
import { Pill } from '../components/pill.js'
import { api } from '../lib/api.js'
import { bind } from '../lib/keys.js'
import { go } from '../lib/router.js'
import { plain } from '../lib/text.js'
import { ago } from '../lib/time.js'
import { Deck } from '../model/deck.js'
import { machineAt, nameOf } from '../model/hosts.js'
import { inbox } from '../model/inbox.js'
import { html, useEffect, useMemo, useState } from '../vendor/ui.js'
import { Others } from './others.js'
import { useBar, useTitle } from './shell.js'
import { Waiting } from './waiting.js'

/** Agents that a terminal shares with one line. */
const AGENTS = ['claude', 'codex', 'gemini', 'opencode']
/** How often the list of sessions is asked for, in milliseconds. */
const OFTEN = 5000

/** @typedef {Schemas['ListedSession']} Listed */

/** The sessions there are. */
function useList() {
  const [list, setList] = useState(/** @type {Listed[] | null} */ (null))
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

/** What an agent does, in a word or two. @type {Record<string, string>} */
const DOES = {
  away: 'host away',
  errored: 'crashed',
  idle: 'idle',
  needs_login: 'needs a login',
  running: 'running',
  stopped: 'idle',
  waiting_for_approval: 'waiting',
}

/** So many of those who are there are named. */
const NAMED = 4

/** How a session is that goes on: its agent, where that runs, what it does, who is there. @param {{ now: Schemas['SessionNow'] }} props */
function Now({ now: { agentSession: it, waiting, online } }) {
  const machine = machineAt(it.hostId, inbox.me.value)
  const decisions = `waiting for ${waiting} decision${waiting === 1 ? '' : 's'}`
  const does = waiting > 0 ? decisions : it.life === 'active' ? DOES[it.status] : it.life
  const names = online.slice(0, NAMED).map((name, n) => html`${n > 0 && ', '}<${Said} text=${name} />`)
  const more = online.length > NAMED && ` and ${online.length - NAMED} more`
  return html`<span class="muted"><${Said} text=${it.agentName || it.agent} />${machine && html` on <bdi>${nameOf(machine)}</bdi>`} · ${does}</span>
    ${online.length > 0 && html`<span class="muted"><span class="unseen">Here: </span>${names}${more}</span>`}`
}

/** How a session ended. @param {{ it: Listed }} props */
const Then = ({ it }) =>
  html`<span class="muted">${it.status === 'closed' ? 'Closed' : 'Expired'} ${ago(it.closedAt ?? it.expiresAt ?? it.createdAt)}</span>`

/** How a session is, in a sign. @param {Listed} it */
const signOf = ({ status, now }) => (status !== 'active' ? '○' : now?.agentSession.status === 'running' ? '◐' : '●')

/** @param {{ it: Listed }} props */
export const SessionRow = ({ it }) => html`<li>
  <a href=${`/s/${it.id}`}>
    <span class="state ${it.status}" aria-hidden="true">${signOf(it)}</span>
    <bdi class="clip">${plain(it.title)}</bdi>
    ${it.now ? html`<${Now} now=${it.now} />` : html`<${Then} it=${it} />`}
  </a>
</li>`

/** @param {Listed[]} sessions */
const rows = sessions =>
  html`<ul class="sessions">${sessions.map(it => html`<${SessionRow} key=${it.id} it=${it} />`)}</ul>`

/** @param {{ me: Schemas['Me'] }} props */
function Begin({ me }) {
  const isLocal = /^(localhost|127\.|\[::1)/.test(location.hostname)
  const server = isLocal ? '' : ` --server ${location.origin}`
  const [shares, setShares] = useState(false)
  const [Start, setStart] = useState(/** @type {any} */ (null))
  const start = async () => {
    const { StartDialog } = await import('./start.js')
    setStart(() => StartDialog)
  }
  const demo = async () => {
    const { session } = await api('/api/demo', {})
    go(`/s/${session.id}`)
  }
  return html`<section class="begin" aria-label="Begin">
    <div class="acts">
      <${Act} class="primary" doing="Starting…" work=${demo}><${Icon} name="play" /> Start the demo session<//>
      <${Act} doing="One moment…" work=${start}><${Icon} name="bot" /> Start an agent…<//>
      <button type="button" class="btn" aria-expanded=${shares} onClick=${() => setShares(!shares)}>
        <${Icon} name="terminal" /> Share a real agent
      </button>
    </div>
    ${Start && html`<${Dialog} title="Start an agent" close=${() => setStart(null)}><${Start} me=${me} /><//>`}
    <p><a href="/hosts">Hosts: the computers that agents run on</a></p>
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
    <${Others} me=${me} />
    ${live.length > 0 && html`<section><h2>Live now</h2>${rows(live)}</section>`}
    ${recent.length > 0 && html`<section><h2>Recent</h2>${rows(recent)}<a href="/history">All of them</a></section>`}
    ${me.user && html`<${Begin} me=${me} />`}
    ${Help && html`<${Help} close=${() => setHelp(null)} />`}
  </div>`
}
