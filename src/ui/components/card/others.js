// What others have to do with a decision: suggesting it, taking it back, giving it more time; and a dispatch of which nobody
// knows whether it ran.
import { api } from '../../lib/api.js'
import { plain } from '../../lib/text.js'
import { now } from '../../lib/time.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Act, Said, Who } from '../parts.js'
import { Exact } from './exact.js'

/** @param {Schemas['Approval']} it */
const pathOf = it => `/api/shared-sessions/${it.sharedSessionId}/approvals/${it.id}`

/** @typedef {(approval: Schemas['Approval']) => void} Changed told what the server answered, where no stream tells */

/** What those say who may not decide, and a place to say it. @param {{ approval: Schemas['Approval'], of: any, changed?: Changed }} props */
export function Suggestions({ approval, of, changed }) {
  const [note, setNote] = useState('')
  const [isOpen, setOpen] = useState(false)
  const mine = approval.suggestions.find(it => it.participantId === of.mine?.id)
  const maySuggest = of.may('messages') && !of.mayDecide(approval) && approval.participantId !== of.mine?.id
  const suggest = (/** @type {string} */ action) => async () => {
    const answer = await api(`${pathOf(approval)}/suggestions`, { action, note: note.trim() || null })
    setOpen(false)
    changed?.(answer.approval)
  }
  const said = html`<ul class="suggestions">
    ${approval.suggestions.map(
      it => html`<li>
        <${Who} id=${it.participantId} of=${of} /> suggests: <b>${it.action}</b>${it.note && html` “<${Said} text=${it.note} />”`}
      </li>`,
    )}
  </ul>`
  return html`
    ${approval.suggestions.length > 0 && said}
    ${
      maySuggest &&
      html`<button type="button" class="link" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>
        ${mine ? 'Suggest something else…' : 'Suggest…'}
      </button>`
    }
    ${
      maySuggest &&
      isOpen &&
      html`<div class="opened">
      <label class="field">Why, if you wish to say
        <input value=${note} maxlength="500" onInput=${(/** @type {any} */ { target }) => setNote(target.value)} />
      </label>
      <div class="acts">
        <${Act} work=${suggest('approve')}>Suggest: approve<//>
        <${Act} class="danger" work=${suggest('reject')}>Suggest: reject<//>
      </div>
    </div>`
    }
  `
}

/** The author takes it back. @param {{ approval: Schemas['Approval'], changed?: Changed }} props */
export function Withdraw({ approval, changed }) {
  const withdraw = async () => {
    const answer = await api(pathOf(approval), undefined, { method: 'DELETE' })
    changed?.(answer.approval)
  }
  return html`<${Act} class="small" doing="Taking it back…" work=${withdraw}>Take it back<//>`
}

/** As long from now on does something wait at most, in milliseconds. */
const DAY = 86_400_000
/** Less time than this is not worth a button, in milliseconds. */
const LITTLE = 60_000

/**
 * Gives it a day from now on, where that is more than it has; nothing waits for longer than its session lives.
 * @param {{ approval: Schemas['Approval'], of: any, changed?: Changed }} props
 */
export function Extend({ approval, of, changed }) {
  const end = of.session.value.expiresAt
  const until = Math.min(now.value + DAY, end ? Date.parse(end) : Infinity)
  if (until - Date.parse(approval.expiresAt ?? '') < LITTLE) return null
  const extend = async () => {
    const answer = await api(`/api/approvals/${approval.id}`, {}, { method: 'PATCH' })
    changed?.(answer.approval)
  }
  return html`<${Act} class="small" doing="Extending…" work=${extend}>Extend<//>`
}

/** The approval of a dispatch, asked for where it is not known. @param {Schemas['Dispatch']} dispatch @param {any} of */
function useApproval({ approvalId }, of) {
  const [found, setFound] = useState(/** @type {Schemas['Approval'] | null} */ (null))
  const known = of.approvals.value.get(approvalId)
  useEffect(() => {
    if (!known)
      api(`/api/approvals/${approvalId}`).then(
        ({ approval }) => setFound(approval),
        () => null,
      )
  }, [approvalId])
  return known ?? found
}

/**
 * Did this prompt run?
 * @param {{ dispatch: Schemas['Dispatch'], of: any, place?: any, changed?: () => void }} props
 */
export function UnknownCard({ dispatch, of, place, changed }) {
  const approval = useApproval(dispatch, of)
  const act = (/** @type {string} */ action) => async () => {
    await api(`/api/shared-sessions/${dispatch.sharedSessionId}/dispatches/${dispatch.id}`, { action })
    changed?.()
  }
  const title = `t-${dispatch.id}`
  return html`<section class="card" id=${`a-${dispatch.id}`} tabindex="-1" aria-labelledby=${title}>
    <h2 id=${title}>Nobody knows whether this prompt ran</h2>
    <p>The connection broke while the agent had it. It is not sent again by itself.</p>
    <dl>
      ${place && html`<div><dt>Session</dt><dd>${place}</dd></div>`}
      ${approval && html`<div><dt>Who</dt><dd><${Who} id=${approval.participantId} of=${of} /></dd></div>`}
    </dl>
    ${
      approval
        ? html`<${Exact} label="The prompt" text=${approval.editedPrompt ?? approval.prompt ?? ''} />`
        : html`<p class="muted">Loading the prompt…</p>`
    }
    ${dispatch.error && html`<p class="muted">${plain(dispatch.error)}</p>`}
    ${
      of.isHost
        ? html`<div class="acts">
          ${approval && html`<${Act} doing="Noting…" work=${act('retry')}>Send it again<//>`}
          <${Act} doing="Noting…" work=${act('mark_done')}>It was done<//>
          <${Act} doing="Noting…" work=${act('drop')}>Drop it<//>
        </div>`
        : html`<p class="waits">Waits for the host.</p>`
    }
  </section>`
}
