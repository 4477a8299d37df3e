// Who asks, when it is a program: which one, at which computer, whose that is; and who may decide.
import { api } from '../../lib/api.js'
import { anyOf } from '../../lib/names.js'
import { clock } from '../../lib/time.js'
import { machineAt, meet, nameOf, whose } from '../../model/hosts.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Said } from '../parts.js'

/** How often it is asked again, in milliseconds: a host comes and goes, and its owner lets others decide. */
const OFTEN = 30_000

/** @typedef {Schemas['ActionFacts']} Facts */

/**
 * What there is to know of something that a program asks; asked again whenever that changes.
 * @param {Schemas['Approval']} approval
 * @param {(approval: Schemas['Approval']) => void} learned told when it is another one by now
 */
export function useFacts(approval, learned) {
  const [facts, setFacts] = useState(/** @type {Facts | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const load = () => {
    let isWanted = true
    setError(null)
    api(`/api/approvals/${approval.id}`).then(
      answer => {
        if (!isWanted) return
        if (answer.facts?.host) meet(answer.facts.host)
        setFacts(answer.facts)
        if (answer.approval.status !== approval.status) learned(answer.approval)
      },
      cause => isWanted && setError(cause),
    )
    return () => void (isWanted = false)
  }
  useEffect(() => {
    if (approval.status !== 'pending') return
    const timer = setInterval(() => document.hidden || load(), OFTEN)
    return () => clearInterval(timer)
  }, [approval.id, approval.status])
  useEffect(load, [approval.id, approval.status, approval.resolveRequest?.at])
  return { facts, error, load }
}

/** What people call an agent; its own name too, where its host gave it another one to be shown by. @param {Schemas['Agent']} agent */
export function agentName({ name, display }) {
  const label = display.label ?? name
  return html`<b><${Said} text=${label} /></b>${label !== name && html` (<${Said} text=${name} />)`}`
}

/** @param {{ host: Schemas['Host'], me: Schemas['Me'] | null, ownerName: string | null | undefined }} props */
function Where({ host, me, ownerName }) {
  // Asked for all of them, so that another one of the same name is told apart.
  const { connected, since } = machineAt(host.id, me) ?? host
  return html`<div>
    <dt>Host</dt>
    <dd>
      <a href=${`/hosts#h-${host.id}`}><bdi>${nameOf(host)}</bdi></a>, ${whose({ ...host, ownerName }, me)}${!connected && `, away since ${clock(since)}`}
    </dd>
  </div>`
}

/** @param {{ approval: Schemas['Approval'], facts: Facts, me: Schemas['Me'] | null }} props */
export function Asker({ approval, facts: { agent, host, askedBy, deciders }, me }) {
  const owner = askedBy && html`a program of <b><${Said} text=${askedBy} /></b>${host ? '' : ', over HTTP'}`
  const who = agent ? agentName(agent) : (owner ?? 'a program')
  const decides = approval.systemLevel ? anyOf(deciders) : html`the host; ${anyOf(deciders)} may tell it what to answer`
  return html`<dl>
    <div><dt>Asked by</dt><dd>${who}${agent?.project && html`, for <${Said} text=${agent.project} />`}</dd></div>
    ${host && html`<${Where} host=${host} me=${me} ownerName=${askedBy} />`}
    <div><dt>Decides</dt><dd>${decides}</dd></div>
  </dl>`
}
