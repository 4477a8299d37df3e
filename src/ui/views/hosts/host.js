// A host: whether it is there, whose it is, its agents, and what its owner lets others do.
import { Dialog } from '../../components/dialog.js'
import { Icon, Said } from '../../components/parts.js'
import { plain } from '../../lib/text.js'
import { clock, moment, now } from '../../lib/time.js'
import { nameOf, whose } from '../../model/hosts.js'
import { html, useState } from '../../vendor/ui.js'
import { StartDialog } from '../start.js'
import { Registered } from './agents.js'
import { Grants } from './grants.js'

/** For so long a time of day says enough, in milliseconds. */
const DAY = 86_400_000

/** Since when. @param {string} at */
const since = at => (now.value - Date.parse(at) < DAY ? clock(at) : moment(at))

/** @param {{ host: Schemas['KnownHost'], agents: Schemas['Agent'][], start: (agent: string) => void }} props */
function Startable({ host, agents, start }) {
  const mayStart = host.may.startAgents && host.connected
  return html`<h3>Agents that can be started</h3>
    ${agents.length === 0 && html`<p class="muted">None.</p>`}
    <ul class="rows">
      ${agents.map(
        it => html`<li key=${it.id}>
          <span><b><${Said} text=${it.name} /></b>${it.description && html` <span class="muted"><${Said} text=${it.description} /></span>`}</span>
          ${
            mayStart &&
            html`<button type="button" class="btn small" onClick=${() => start(it.name)}>
              <${Icon} name="play" /> Start…<span class="unseen"> ${plain(it.name)}</span>
            </button>`
          }
        </li>`,
      )}
    </ul>`
}

/** @param {{ host: Schemas['KnownHost'], list: import('../../model/host_list.js').HostList, me: Schemas['Me'] }} props */
export function HostCard({ host, list, me }) {
  const [starts, setStarts] = useState(/** @type {string | null} */ (null))
  const { id, connected, version } = host
  const startable = list.agentsOf(id, true)
  const registered = list.agentsOf(id, false)
  return html`<section id=${`h-${id}`} class="host" aria-labelledby=${`n-${id}`}>
    <header>
      <h2 id=${`n-${id}`}><bdi>${nameOf(host)}</bdi></h2>
      <p class="pill state ${connected ? 'live' : 'ended'}">
        <span aria-hidden="true">${connected ? '●' : '○'}</span> ${connected ? 'Online' : 'Away'} since ${since(host.since)}
      </p>
    </header>
    <p class="muted">
      ${whose(host, me)} · <code title=${id}>${id.slice(-6)}</code> · version <${Said} text=${version || 'unknown'} />
      ${!connected && ' · what is asked there waits'}
    </p>
    ${(startable.length > 0 || registered.length === 0) && html`<${Startable} host=${host} agents=${startable} start=${setStarts} />`}
    ${registered.length > 0 && html`<${Registered} host=${host} agents=${registered} list=${list} />`}
    ${(host.may.grant || me.user?.admin) && html`<${Grants} host=${host} />`}
    ${
      starts !== null &&
      html`<${Dialog} title="Start an agent" close=${() => setStarts(null)}>
        <${StartDialog} me=${me} wanted=${{ host: id, agent: starts }} />
      <//>`
    }
  </section>`
}
