// A draft for those who review it: each artifact with its change, what was said of it, and what can be said.
import { api } from '../../lib/api.js'
import { patchRows } from '../../lib/diff.js'
import { plain } from '../../lib/text.js'
import { SAID } from '../../model/drawing.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Diff } from '../diff.js'
import { Said, Trouble, Who } from '../parts.js'
import { ToTheEnd } from './exact.js'
import { Opens, Reject } from './no.js'
import { Yes } from './yes.js'

/** @param {Schemas['Artifact']} artifact */
const isOpen = ({ decision }) => decision !== 'approved' && decision !== 'rejected'

/** Lists hold drafts without what changes: that is loaded before anybody can decide. @param {Schemas['Approval']} approval */
function useWhole(approval) {
  const [whole, setWhole] = useState(/** @type {Schemas['Draft'] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const isPart = approval.draft?.artifacts.some(it => it.diff == null) ?? true
  useEffect(() => {
    if (!isPart) return
    const load = api(`/api/approvals/${approval.id}`)
    load.then(({ approval: it }) => setWhole(it.draft), setError)
  }, [approval.id, isPart])
  const diffs = new Map((isPart ? whole : approval.draft)?.artifacts.map(it => [it.uri, it.diff]))
  return { diffs, isLoaded: diffs.size > 0, error }
}

/** @param {any} props */
function Artifact({ artifact, diff, of, deciding, isUnread, mayDecide }) {
  const [opened, setOpened] = useState('')
  const { uri, summary, decision, decidedBy, reason } = artifact
  const about = { artifactUri: uri }
  const rows = patchRows(diff ?? '')
  const opens = (/** @type {string} */ name) => ({ isOpen: opened === name, setOpen: (/** @type {boolean} */ it) => setOpened(it ? name : '') })
  return html`<section class="artifact" data-uri=${uri}>
    <h3><code>${plain(uri)}</code> <${Said} text=${summary} /></h3>
    ${diff && html`<${ToTheEnd} lines=${rows.length} characters=${diff.length}><${Diff} rows=${rows} isWhole=${true} /><//>`}
    ${decision && html`<p class="said"><${Who} id=${decidedBy} of=${of} /> ${SAID[/** @type {keyof typeof SAID} */ (decision)]}${reason && html`: “<${Said} text=${reason} />”`}</p>`}
    ${mayDecide &&
    isOpen(artifact) &&
    html`<div class="acts">
      <${Yes} label="Approve" isRisky=${false} isOff=${isUnread || diff == null} yes=${() => deciding.decide('Approving…', { action: 'approve', ...about })} />
      <${Opens} label="Reject…" class="danger" ...${opens('reject')}>
        <${Reject} mayTell=${false} send="Reject" reject=${(/** @type {any} */ { reason: why }) => deciding.decide('Rejecting…', { action: 'reject', reason: why, ...about })} />
      <//>
      <${Opens} label="Discuss…" ...${opens('discuss')}>
        <${Reject} mayTell=${false} send="Leave it open" reject=${(/** @type {any} */ { reason: why }) => deciding.decide('Sending…', { action: 'discuss', reason: why, ...about })} />
      <//>
    </div>`}
  </section>`
}

/** Are these artifacts good? @param {import('./kinds.js').KindProps} props */
export function Draft({ approval, of, deciding, isUnread, mayDecide }) {
  const { diffs, isLoaded, error } = useWhole(approval)
  const [isRejecting, setRejecting] = useState(false)
  const artifacts = approval.draft?.artifacts ?? []
  const all = (/** @type {object} */ decision, /** @type {string} */ doing) => deciding.decide(doing, decision)
  return html`
    <p><${Said} text=${approval.draft?.summary ?? approval.action} /></p>
    ${error && html`<${Trouble} error=${error} />`}
    ${!isLoaded && !error && html`<p class="muted">Loading what changes…</p>`}
    ${artifacts.map(it => html`<${Artifact} key=${it.uri} artifact=${it} diff=${diffs.get(it.uri)} of=${of} deciding=${deciding} isUnread=${isUnread} mayDecide=${mayDecide} />`)}
    ${mayDecide &&
    artifacts.length > 1 &&
    html`<div class="acts">
      <${Yes} label="Approve the rest" isRisky=${false} isOff=${isUnread || !isLoaded} yes=${() => all({ action: 'approve' }, 'Approving…')} />
      <${Opens} label="Reject the rest…" class="danger" isOpen=${isRejecting} setOpen=${setRejecting}>
        <${Reject} mayTell=${false} send="Reject the rest" reject=${(/** @type {any} */ { reason }) => all({ action: 'reject', reason }, 'Rejecting…')} />
      <//>
    </div>`}
  `
}
