// How an approval ended, in words.
import { json, plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Said, Who } from '../parts.js'

/** @param {{ approval: Schemas['Approval'], of: import('../../model/session.js').SharedSession, wasFirst?: boolean }} props */
export function Outcome({ approval: it, of, wasFirst }) {
  if (it.status === 'expired') return html`<span class="outcome">expired undecided</span>`
  if (it.status === 'withdrawn') return html`<span class="outcome">taken back</span>`
  const chosen = it.options.find(option => option.id === it.optionId)
  const isNo = it.status === 'rejected'
  const verdict = it.kind === 'question' ? (isNo ? 'declined' : 'answered') : isNo ? 'rejected' : 'approved'
  return html`<span class="outcome ${isNo ? 'no' : 'yes'}">
    ${verdict} by <${Who} id=${it.resolvedByParticipantId} of=${of} />${wasFirst && ', who was first'}
    ${chosen && html`: “${plain(chosen.label)}”`}${it.editedPrompt && ' with changes'}
    ${it.answer != null && html`: <code>${plain(json(it.answer))}</code>`}
    ${it.reason && html`: “<${Said} text=${it.reason} />”`}
  </span>`
}
