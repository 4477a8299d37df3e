// Starting an agent and sharing it: which one, at which host, what the session is called, and what people may in it.
import { api } from '../lib/api.js'
import { go } from '../lib/router.js'
import { everyRow } from '../lib/rows.js'
import { plain } from '../lib/text.js'
import { clock } from '../lib/time.js'
import { offers } from '../model/host_list.js'
import { meet, nameOf, whose } from '../model/hosts.js'
import { MODES } from '../model/rights.js'
import { html, useEffect, useRef, useState } from '../vendor/ui.js'
import { Trouble } from '../components/parts.js'
import { useForm } from './setup.js'

/** @typedef {import('../model/host_list.js').Offer} Offer */

/** An agent at a host, as one value of a select. @param {string} host @param {string} agent */
const valueOf = (host, agent) => JSON.stringify([host, agent])

/** @param {{ of: Offer[], me: Schemas['Me'], wanted: { host: string, agent: string } | undefined }} props */
const Agents = ({ of, me, wanted }) => html`<label class="field">Agent
  <select name="what" required>
    ${of.map(
      ({ host, agents }) => html`<optgroup
        key=${host.id}
        label=${`${nameOf(host)}, ${whose(host, me)}${host.connected ? '' : `, away since ${clock(host.since)}`}`}
        disabled=${!host.connected}
      >
        ${agents.map(
          it => html`<option
            key=${it.id}
            value=${valueOf(host.id, it.name)}
            selected=${wanted?.host === host.id && wanted.agent === it.name}
          >${plain(it.name)}${it.description && `: ${plain(it.description)}`}</option>`,
        )}
      </optgroup>`,
    )}
  </select>
</label>`

/** What can be started, loaded. */
function useOffers() {
  const [of, setOffers] = useState(/** @type {Offer[] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  useEffect(() => {
    Promise.all([api('/api/hosts'), everyRow('/api/agents', 'agents')]).then(([{ hosts }, agents]) => {
      hosts.forEach(meet)
      setOffers(offers(hosts, agents))
    }, setError)
  }, [])
  return { of, error }
}

/** @param {{ me: Schemas['Me'], wanted?: { host: string, agent: string } }} props */
export function StartDialog({ me, wanted }) {
  const { of, error } = useOffers()
  // An agent that was started and could not be shared is shared at the next try, and not started twice.
  const made = useRef(/** @type {{ asked: string, agentSession: Schemas['AgentSession'] } | null} */ (null))
  const form = useForm(async ({ what, title, folder, mode }) => {
    const asked = JSON.stringify([what, title, folder])
    if (made.current?.asked !== asked) {
      const [hostId, agent] = JSON.parse(what)
      const body = { agent, hostId, channel: 'page', ...(title && { title }), ...(folder && { folder }) }
      made.current = { asked, ...(await api('/api/agent-sessions', body)) }
    }
    const hostSessionId = made.current?.agentSession.id
    const { session } = await api('/api/shared-sessions', { hostSessionId, mode, ...(title && { title }) })
    go(`/s/${session.id}`)
  })
  if (error) return html`<${Trouble} error=${error} />`
  if (!of) return html`<p class="muted" aria-busy="true">Loading…</p>`
  if (of.every(({ host }) => !host.connected))
    return html`<p>No host is connected whose agents you can start.</p>
      <p><a href="/hosts">How to connect one</a></p>`
  return html`<form class="stacked" onSubmit=${form.submit}>
    <${Agents} of=${of} me=${me} wanted=${wanted} />
    <label class="field">Title <input name="title" maxlength="200" placeholder="What it is about" /></label>
    <label class="field">Folder, if not the agent’s own <input name="folder" /></label>
    <label class="field">People
      <select name="mode">
        ${Object.entries(MODES).map(([mode, it]) => html`<option value=${mode} selected=${mode === 'prompt_with_approval'}>${it.name}: ${it.means}</option>`)}
      </select>
    </label>
    ${form.trouble}
    <button class="btn primary" aria-disabled=${form.isBusy}>${form.isBusy ? 'Starting…' : 'Start and share'}</button>
  </form>`
}
