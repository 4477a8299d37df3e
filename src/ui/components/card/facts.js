// Who asks, from where, and why.
import { callOf, readCall } from '../../lib/request.js'
import { plain } from '../../lib/text.js'
import { clock } from '../../lib/time.js'
import { machineOf, nameOf } from '../../model/hosts.js'
import { html } from '../../vendor/ui.js'
import { Said, Who } from '../parts.js'

/** So much of a prompt tells which one it was, in characters. */
const CLIP = 80

/** @param {string} text */
const clipped = text => (text.length > CLIP ? `${text.slice(0, CLIP)}…` : text)

/** The prompt that led here. @param {{ of: import('../../model/session.js').SharedSession }} props */
function Because({ of }) {
  const cause = of.cause
  if (!cause) return null
  const text = cause.editedPrompt ?? cause.prompt ?? ''
  const turn = of.turnNumber > 0 && `turn ${of.turnNumber}, `
  return html`<div><dt>Because</dt><dd>${turn}<${Who} id=${cause.participantId} of=${of} />’s prompt: <q><${Said} text=${clipped(text)} /></q></dd></div>`
}

/**
 * Who a participant is, to somebody who decides about what they wrote.
 * @param {{ id: string | null, of: import('../../model/session.js').SharedSession }} props
 */
function Sender({ id, of }) {
  const it = of.person(id)
  if (!it) return null
  return html`<div><dt>Who</dt><dd>${it.role}, ${it.leftAt ? 'not here any more' : `here since ${clock(it.joinedAt)}`}</dd></div>`
}

/** @param {{ approval: Schemas['Approval'], of: import('../../model/session.js').SharedSession, place?: any }} props */
export function Facts({ approval: it, of, place }) {
  const { folder } = of.agentSession.value
  const machine = machineOf(of)
  const where = it.kind === 'permission' ? (readCall(callOf(it)).cwd ?? folder) : null
  const asker = it.participantId ? html`<${Who} id=${it.participantId} of=${of} />` : plain(of.agent)
  return html`<dl>
    ${place && html`<div><dt>Session</dt><dd>${place}</dd></div>`}
    ${
      it.kind === 'prompt'
        ? html`<${Sender} id=${it.participantId} of=${of} />`
        : html`<div><dt>Asked by</dt><dd>${asker}${machine && html` on <bdi>${nameOf(machine)}</bdi>`}</dd></div><${Because} of=${of} />`
    }
    ${where && html`<div><dt>Folder</dt><dd><code>${plain(where)}</code></dd></div>`}
  </dl>`
}
