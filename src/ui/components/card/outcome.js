// How an approval ended, in words.
import { json, plain } from '../../lib/text.js'
import { span } from '../../lib/time.js'
import { html } from '../../vendor/ui.js'
import { Said, Who } from '../parts.js'

/** Why nobody decided, by the server's reason. @type {Record<string, string>} */
const UNDECIDED = {
  agent_gone: 'ended undecided: the agent that asked is gone',
  agent_moved_on: 'ended undecided: the agent does not wait for it any more',
  session_ended: 'ended undecided with its session',
  turn_ended: 'ended undecided with its turn',
}

/** The answer to a question, without what its form keeps secret. @param {Schemas['Approval']} approval */
function answered({ answer, details }) {
  const { properties = {} } = /** @type {any} */ (details)?.request?.requestedSchema ?? {}
  const isSecret = (/** @type {string} */ name) =>
    properties?.[name]?.format === 'password' || properties?.[name]?.writeOnly === true
  const fields = Object.entries(/** @type {object} */ (answer)).map(([name, value]) => [
    name,
    isSecret(name) ? '•••' : value,
  ])
  return fields.length > 0 ? json(Object.fromEntries(fields)) : null
}

/** @param {Schemas['Approval']} approval */
function verdict({ kind, status }) {
  if (kind === 'question') return status === 'rejected' ? 'declined' : 'answered'
  return status === 'rejected' ? 'rejected' : 'approved'
}

/** @param {{ approval: Schemas['Approval'], of: import('../../model/session.js').SharedSession, wasFirst?: boolean }} props */
export function Outcome({ approval: it, of, wasFirst }) {
  if (it.status === 'expired')
    return html`<span class="outcome">${UNDECIDED[it.reason ?? ''] ?? 'expired undecided'}</span>`
  if (it.status === 'withdrawn') return html`<span class="outcome">taken back</span>`
  const chosen = it.options.find(option => option.id === it.optionId)
  const values = it.answer === null || it.answer === undefined ? null : answered(it)
  const who = html`<${Who} id=${it.resolvedByParticipantId} of=${of} />`
  const past = `${span(Date.now() - Date.parse(it.resolvedAt ?? ''))} ago`
  return html`<span class="outcome ${it.status === 'rejected' ? 'no' : 'yes'}">
    ${wasFirst ? html`${who} ${verdict(it)} this ${past}` : html`${verdict(it)} by ${who}`}
    ${chosen && html`: “<${Said} text=${chosen.label} />”`}${it.editedPrompt && ' with changes'}
    ${values && html`: <code>${plain(values)}</code>`}
    ${it.reason && html`: “<${Said} text=${it.reason} />”`}
  </span>`
}
