// A prompt on the timeline: who wrote it, what became of it, and what was sent instead.
import { plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Outcome } from '../card/outcome.js'
import { Said, Time, Who } from '../parts.js'

/**
 * @param {object} props
 * @param {import('../../model/timeline.js').Item} props.item
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {import('../../views/session/actions.js').Actions} props.actions
 * @param {string | false} [props.id]
 */
export function Prompt({ item, of, actions, id }) {
  const approval = of.approvals.value.get(item.approval.id) ?? item.approval
  const isDirect = approval.status === 'approved' && approval.resolvedByParticipantId === approval.participantId
  const isMine = approval.participantId === of.mine?.id
  return html`<div class="prompt" id=${item.id}>
    <p class="by" id=${id || undefined}>
      <${Who} id=${approval.participantId} of=${of} /> prompted${' '}
      ${approval.status === 'pending' && html`<span class="waits">· waits for a yes</span>`}
      ${approval.status !== 'pending' && !isDirect && html`· <${Outcome} approval=${approval} of=${of} />`}
      ${' '}<${Time} at=${item.at} />
    </p>
    <div class="bubble">${plain(approval.prompt)}</div>
    ${approval.editedPrompt && html`<p class="muted">Sent instead:</p><div class="bubble"><${Said} text=${approval.editedPrompt} /></div>`}
    ${approval.errorMessage && html`<p class="bad">${plain(approval.errorMessage)}</p>`}
    ${isMine && approval.status === 'pending' && of.isOpen && html`<div class="acts"><${actions.Withdraw} approval=${approval} /></div>`}
  </div>`
}
