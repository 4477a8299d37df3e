// A draft for those who review it: each artifact with its change, what was said of it, and what can be said.
import { api } from '../../lib/api.js'
import { patchRows } from '../../lib/diff.js'
import { exact, plain } from '../../lib/text.js'
import { SAID } from '../../model/drawing.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Diff } from '../diff.js'
import { Said, Trouble, Who } from '../parts.js'
import { Acts } from './acts.js'
import { Hidden, NotYet, ToTheEnd } from './exact.js'
import { Opens, Reject } from './no.js'
import { Yes } from './yes.js'

/** @param {Schemas['Artifact']} artifact */
const isOpen = ({ decision }) => decision !== 'approved' && decision !== 'rejected'

/** Lists hold drafts without what changes. @param {Schemas['Approval']} approval */
const isPart = ({ draft }) => Boolean(draft?.artifacts.some(it => it.diff === null || it.diff === undefined))

/**
 * What each artifact changes, loaded where the list left it out: of what this approval is now, not of what it was.
 * @param {Schemas['Approval']} approval
 * @param {(approval: Schemas['Approval']) => void} learned told when it is another one by now
 */
function useChanges(approval, learned) {
  const [whole, setWhole] = useState(/** @type {Schemas['Approval'] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const isMissing = isPart(approval)
  const load = () => {
    setError(null)
    api(`/api/approvals/${approval.id}`).then(({ approval: it }) => {
      if (it.digest !== approval.digest) return learned(it)
      if (isPart(it)) return setError(new Error('A part of it is missing'))
      setWhole(it)
    }, setError)
  }
  useEffect(() => void (isMissing && load()), [approval.id, isMissing])
  const from = isMissing ? whole : approval
  const diffs = new Map(from?.draft?.artifacts.map(it => [it.uri, it.diff]))
  return { diffs, isLoaded: from !== null, error, load }
}

/** What an artifact changes. @param {{ diff: string }} props */
function Change({ diff }) {
  const { hidden, isMixed } = exact(diff)
  const rows = patchRows(diff)
  if (rows.length === 0) return html`<p class="muted">No change was sent with it.</p>`
  return html`
    <${Hidden} hidden=${hidden} isMixed=${isMixed} />
    <${ToTheEnd} lines=${rows.length} characters=${diff.length}><${Diff} rows=${rows} isWhole=${true} /><//>
  `
}

/** @param {any} props */
function Artifact({ artifact, diff, of, deciding, isUnread, mayDecide }) {
  const [opened, setOpened] = useState('')
  const { uri, summary, decision, decidedBy, reason } = artifact
  const decide = (/** @type {string} */ action, /** @type {string} */ doing) => (/** @type {any} */ said) =>
    deciding.decide(doing, { action, reason: said?.reason, artifactUri: uri })
  const doing = (/** @type {string} */ action) => deciding.doing(`${action} ${uri}`)
  const opens = (/** @type {string} */ name) => ({
    isOpen: opened === name,
    setOpen: (/** @type {boolean} */ it) => setOpened(it ? name : ''),
  })
  return html`<section class="artifact" data-uri=${uri}>
    <h3><code>${plain(uri)}</code> <${Said} text=${summary} /></h3>
    ${diff !== undefined && html`<${Change} diff=${diff} />`}
    ${
      decision &&
      html`<p class="said">
        <${Who} id=${decidedBy} of=${of} /> ${SAID[/** @type {keyof typeof SAID} */ (decision)]}
        ${reason && html`: “<${Said} text=${reason} />”`}
      </p>`
    }
    ${
      mayDecide &&
      isOpen(artifact) &&
      html`<${Acts}>
      <${Yes}
        label="Approve"
        isRisky=${false}
        isUnread=${isUnread}
        doing=${doing('approve')}
        yes=${() => decide('approve', 'Approving…')({})}
      />
      <${Opens} label="Reject…" class="danger" ...${opens('reject')}>
        <${Reject} mayTell=${false} send="Reject" doing=${doing('reject')} reject=${decide('reject', 'Rejecting…')} />
      <//>
      <${Opens} label="Discuss…" ...${opens('discuss')}>
        <${Reject} mayTell=${false} send="Leave it open" doing=${doing('discuss')} reject=${decide('discuss', 'Sending…')} />
      <//>
    <//>`
    }
  </section>`
}

/** Are these artifacts good? @param {import('./kinds.js').KindProps} props */
export function Draft({ approval, of, deciding, isUnread, mayDecide, learned }) {
  const { diffs, isLoaded, error, load } = useChanges(approval, learned)
  const [isRejecting, setRejecting] = useState(false)
  const artifacts = approval.draft?.artifacts ?? []
  const bytes = artifacts.reduce((sum, it) => sum + /** @type {any} */ (it.diffBytes ?? 0), 0)
  return html`
    ${!isLoaded && html`<${NotYet} />`}
    ${!isLoaded && !error && html`<p class="muted">Loading what changes${bytes > 0 && `: ${Math.ceil(bytes / 1024)} KiB`}…</p>`}
    ${error && html`<${Trouble} error=${error} /><button type="button" class="btn small" onClick=${load}>Try again</button>`}
    ${artifacts.map(
      it => html`<${Artifact}
        key=${it.uri}
        artifact=${it}
        diff=${diffs.get(it.uri)}
        of=${of}
        deciding=${deciding}
        isUnread=${isUnread}
        mayDecide=${mayDecide && isLoaded}
      />`,
    )}
    ${
      mayDecide &&
      isLoaded &&
      artifacts.length > 1 &&
      html`<${Acts}>
      <${Yes}
        label="Approve the rest"
        isRisky=${false}
        isUnread=${isUnread}
        doing=${deciding.doing('approve')}
        yes=${() => deciding.decide('Approving…', { action: 'approve' })}
      />
      <${Opens} label="Reject the rest…" class="danger" isOpen=${isRejecting} setOpen=${setRejecting}>
        <${Reject}
          mayTell=${false}
          send="Reject the rest"
          doing=${deciding.doing('reject')}
          reject=${(/** @type {any} */ { reason }) => deciding.decide('Rejecting…', { action: 'reject', reason })}
        />
      <//>
    <//>`
    }
  `
}
