// A prompt on the timeline: who wrote it, what became of it, and what was sent instead.
import { plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Outcome } from '../card/outcome.js'
import { Said, Time, Who } from '../parts.js'

/**
 * @param {object} props
 * @param {import('../../model/timeline.js').Item} props.item
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {string | false} [props.id]
 */
export function Prompt({ item, of, id }) {
  const approval = of.approvals.value.get(item.approval.id) ?? item.approval
  // Who may decide about their own prompts has approved what they send, whatever became of it.
  const isDirect =
    approval.resolvedByParticipantId === approval.participantId && !['rejected', 'withdrawn'].includes(approval.status)
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
  </div>`
}
