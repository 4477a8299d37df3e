// What happened at the hosts last, in a line each, the newest first.
import { Said, Time } from '../../components/parts.js'
import { own } from '../../lib/own.js'
import { json, plain } from '../../lib/text.js'
import { nameOf } from '../../model/hosts.js'
import { html } from '../../vendor/ui.js'
import { STATES } from './agents.js'

/** @param {string} state */
const stateOf = state => own(STATES, state)?.word ?? plain(state)

/** @param {any} payload */
const called = ({ agent }) => html`<b><${Said} text=${agent?.display?.label ?? agent?.name ?? 'an agent'} /></b>`

/** What was asked. @param {any} payload */
const asked = ({ approval }) => html`“<${Said} text=${approval?.action} />”`

/** An option by its words. @param {any} approval @param {string | null | undefined} id */
const option = (approval, id) =>
  html`<${Said} text=${approval?.options?.find((/** @type {any} */ it) => it.id === id)?.label ?? id} />`

/** What each kind of event says. @type {Record<string, (payload: any) => any>} */
const LINES = {
  'host.connected': () => 'is there',
  'host.disconnected': () => 'is away',
  'host.notification': ({ kind }) => html`tells: <b><${Said} text=${kind} /></b>`,
  'agent.registered': it => html`has the agent ${called(it)}`,
  'agent.unregistered': it => html`has no agent ${called(it)} any more`,
  'agent.status_changed': it =>
    html`${called(it)}: ${stateOf(it.former)} → ${stateOf(it.agent?.status)}${it.agent?.currentTask && html`, <${Said} text=${it.agent.currentTask} />`}`,
  'approval.requested': it => html`asks ${asked(it)}`,
  'approval.resolved': it =>
    html`was answered: ${asked(it)} ${plain(it.approval?.status)}${it.approval?.optionId && html` by ${option(it.approval, it.approval.optionId)}`}`,
  'approval.resolve_requested': it =>
    html`was told what to answer to ${asked(it)}: ${option(it.approval, it.approval?.resolveRequest?.optionId)}`,
}

/** What a notification brings for programs, where it brings something. @param {{ event: Schemas['HostEvent'] }} props */
function Payload({ event }) {
  const sent = event.kind === 'host.notification' ? /** @type {any} */ (event.payload)?.payload : null
  if (sent === null || sent === undefined) return null
  return html`<details class="raw"><summary>What it sent</summary><pre class="out" tabindex="0">${plain(json(sent))}</pre></details>`
}

/** @param {{ list: import('../../model/host_list.js').HostList }} props */
export function Events({ list }) {
  const events = list.events.value
  return html`<section aria-labelledby="happened-title">
    <h2 id="happened-title">What happened last</h2>
    ${events.length === 0 && html`<p class="muted">Nothing yet.</p>`}
    <div class="scrolls" tabindex="0" role="group" aria-label="Events, the newest first"><ol class="happened">
      ${events.map(it => {
        const host = list.hosts.value.get(it.hostId)
        const line = own(LINES, it.kind)?.(it.payload ?? {}) ?? plain(it.kind)
        const said = it.message && html`: “<${Said} text=${it.message} />”`
        return html`<li key=${it.seq} data-kind=${it.kind}>
          <${Time} at=${it.timestamp} /> <b><bdi>${host ? nameOf(host) : it.hostId.slice(-6)}</bdi></b> ${line}${said}
          <${Payload} event=${it} />
        </li>`
      })}
    </ol></div>
  </section>`
}
