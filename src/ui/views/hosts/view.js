// The computers that agents run on: which are there, what runs and can be started on them, and what happens there.
import { Copyable, Trouble } from '../../components/parts.js'
import { Pill } from '../../components/pill.js'
import { api } from '../../lib/api.js'
import { Live } from '../../lib/live.js'
import { place } from '../../lib/router.js'
import { HostList, MOST } from '../../model/host_list.js'
import { html, useEffect, useMemo, useState } from '../../vendor/ui.js'
import { useBar, useTitle } from '../shell.js'
import { Events } from './events.js'
import { HostCard } from './host.js'
import { Room } from './room.js'

/** How often what no event tells is loaded again, such as what I am allowed, in milliseconds. */
const OFTEN = 30_000
/** How long it is waited with loading again, in milliseconds: what happens to a host comes in several events. */
const SOON = 150

/** @param {{ live: Live }} props */
const State = ({ live }) => html`<div id="bar"><div class="states"><${Pill} live=${live} /></div></div>`

/** The hosts, loaded and then followed. */
function useHosts() {
  const list = useMemo(() => new HostList(), [])
  const [error, setError] = useState(/** @type {any} */ (null))
  const renew = () => list.renew().then(() => setError(null), setError)
  const live = useMemo(() => {
    let soon = 0
    const hear = (/** @type {any[]} */ frames, /** @type {string} */ position) => {
      if (!list.hear(frames, position)) return
      clearTimeout(soon)
      soon = setTimeout(renew, SOON)
    }
    return new Live({
      path: '/api/host-events/stream',
      position: () => list.position,
      heard: /** @type {any} */ (hear),
      poll: async () => {
        const page = await api(`/api/host-events?limit=${MOST}&after=${list.position}`)
        hear(page.events, page.nextAfter)
      },
      reset: () => list.load(),
      failed: setError,
    })
  }, [])
  useEffect(() => {
    let isWanted = true
    list.load().then(() => isWanted && live.start(), setError)
    const timer = setInterval(() => document.hidden || (list.isLoaded.peek() && renew()), OFTEN)
    return () => {
      isWanted = false
      clearInterval(timer)
      live.stop()
    }
  }, [])
  return { list, live, error }
}

/** Mine first, then those of others, then the server's own; of each, those that are there. @param {Schemas['KnownHost'][]} hosts @param {Schemas['Me']} me */
function inOrder(hosts, me) {
  const rank = (/** @type {Schemas['KnownHost']} */ { userId, connected }) =>
    (userId ? (userId === me.user?.id ? 0 : 2) : 4) + (connected ? 0 : 1)
  return hosts.toSorted((a, b) => rank(a) - rank(b))
}

/** How a computer comes here. */
function Connect() {
  const isLocal = /^(localhost|127\.|\[::1)/.test(location.hostname)
  const server = isLocal ? '' : ` --server ${location.origin}`
  return html`<section aria-labelledby="connect-title">
    <h2 id="connect-title">Connect a computer</h2>
    <p>In a terminal there. Nothing has to reach it from outside, and its code and keys stay where they are.</p>
    <p class="muted">Share an agent, at once:</p>
    <${Copyable} label="Share an agent" text=${`wardroom share claude${server}`} />
    <p class="muted">
      Or keep a host there, whose agents can be started from here. It needs a token that may run agents: make one under${' '}
      <a href="/me">your name</a>, or sign in with <code>wardroom login</code>.
    </p>
    <${Copyable} label="Keep a host" text=${`wardroom host${server}`} />
    <p class="muted">
      Programs of any kind can be hosts too: register agents, ask people, offer tools. How is in <code>docs/hosts.md</code>, and
      for scripts in <a href="/api/docs">the HTTP API</a>.
    </p>
  </section>`
}

/** @param {{ me: Schemas['Me'] }} props */
function Known({ me }) {
  const { list, live, error } = useHosts()
  useBar(State, { live }, [live])
  const hosts = inOrder([...list.hosts.value.values()], me)
  const { hash } = place.value
  useEffect(() => {
    // A link names a host; it is there when the list is.
    if (hash && list.isLoaded.value) document.getElementById(hash.slice(1))?.scrollIntoView({ block: 'start' })
  }, [hash, list.isLoaded.value])
  if (error && !list.isLoaded.value)
    return html`<${Trouble} error=${error} />
      <button type="button" class="btn" onClick=${() => location.reload()}>Try again</button>`
  if (!list.isLoaded.value) return html`<p class="muted centre" aria-busy="true">Loading…</p>`
  const isAlone = hosts.every(it => !it.userId)
  return html`
    ${error && html`<${Trouble} error=${error} />`}
    ${isAlone && html`<div class="empty"><p>No computer of yours is connected.</p><p class="muted">What runs on the server itself is below.</p></div>`}
    ${isAlone && html`<${Connect} />`}
    ${hosts.map(it => html`<${HostCard} key=${it.id} host=${it} list=${list} me=${me} />`)}
    <${Events} list=${list} />
    <${Room} />
    ${!isAlone && html`<${Connect} />`}
  `
}

/** @param {{ me: Schemas['Me'] }} props */
export function HostsView({ me }) {
  useTitle('Hosts')
  const known = me.user
    ? html`<${Known} me=${me} />`
    : html`<p class="muted">Which computers there are is for those who have an account here.</p>`
  return html`<div class="inbox me hosts">${known}</div>`
}
