// What is asked, in a line.
import { plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Said, Who } from '../parts.js'

/** A question that fits into a heading. @param {string} message */
export const isShort = message => message.length <= 120 && !/[\p{C}\n]/u.test(message)

/** The heading of a card. What an agent wants to be allowed is named by the server. @param {{ approval: Schemas['Approval'], of: any }} props */
export function Heading({ approval: it, of }) {
  if (it.kind === 'prompt') return html`<${Who} id=${it.participantId} of=${of} /> wants to send a prompt`
  if (it.kind === 'question')
    return html`${plain(of.agent)} asks${isShort(it.action) && html`: <${Said} text=${it.action} />`}`
  if (it.kind === 'draft') return html`Is this draft good? <${Said} text=${it.draft?.summary ?? it.action} />`
  return plain(it.action)
}
