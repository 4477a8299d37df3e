// What each event adds to the timeline.
import { MODES } from './rights.js'

/** @typedef {import('./timeline.js').Timeline} Timeline */

/** A line about a person. @param {string} did */
const person =
  did =>
  (/** @type {Timeline} */ timeline, /** @type {any} */ { participant }) =>
    timeline.line(did, { who: participant.id })

/** @param {Timeline} timeline @param {{ approval: Schemas['Approval'], message?: Schemas['Message'] }} payload */
function ask(timeline, { approval, message }) {
  timeline.agent.waits(approval)
  const known = timeline.prompts.get(approval.id)
  if (known) {
    known.approval = approval
    known.version.value++
  } else if (message) {
    const item = timeline.add('prompt', { approval, message })
    timeline.prompts.set(approval.id, item)
    timeline.messages.set(message.id, item)
  }
}

/** @param {Timeline} timeline @param {{ approval: Schemas['Approval'], message?: Schemas['Message'] }} payload */
function settle(timeline, payload) {
  const { approval, message } = payload
  ask(timeline, payload)
  const isPrompt = timeline.prompts.has(approval.id) || message
  if (isPrompt || approval.status === 'pending') return
  const item = timeline.add('decision', { approval })
  // It stands for a prompt that was asked for in what is not loaded, until that is.
  if (approval.kind === 'prompt') timeline.prompts.set(approval.id, item)
}

/** What a turn did, for those who do not look. @param {import('./timeline.js').Block} turn */
function did({ stats: { tools, add, del } }) {
  const parts = [
    tools > 0 && `${tools} tool${tools === 1 ? '' : 's'}`,
    add + del > 0 && `${add} lines added, ${del} taken away`,
  ]
  const said = parts.filter(Boolean).join(', ')
  return said && `: ${said}`
}

/**
 * A turn ended.
 * @param {string} said to those who do not look
 * @param {boolean} [isBad]
 */
const run =
  (said, isBad = false) =>
  (/** @type {Timeline} */ timeline, /** @type {any} */ { dispatch, error }) => {
    timeline.agent.close()
    const turn = timeline.settle(dispatch)
    if (!turn || isBad) timeline.line(said, { isBad, detail: error ?? dispatch.error })
    timeline.milestone.value = { text: `${said}${turn ? did(turn) : ''}` }
  }

/** The life of the agent session goes on otherwise. @param {Timeline} timeline @param {{ agentSession: Schemas['AgentSession'] }} payload */
function live(timeline, { agentSession: { life, lifeChange } }) {
  if (!lifeChange || life === timeline.agent.life) return
  timeline.agent.life = life
  const did = life === 'active' ? 'resumed' : life
  timeline.line(`${did} the agent session`, { who: lifeChange.by, quote: lifeChange.reason })
}

/** By the type of the event. @satisfies {Record<string, (timeline: Timeline, payload: any) => void>} */
export const HANDLERS = {
  shared_session_created: (timeline, { session }) => timeline.line(`The session began: ${mode(session)}`),
  session_updated: (timeline, { session }) => timeline.line(`It is now “${session.title}”: ${mode(session)}`),
  session_closed: (timeline, { by }) =>
    timeline.line(by ? 'closed this session' : 'The time of this session is up', { who: by }),
  participant_joined: person('joined'),
  participant_left: person('left'),
  participant_removed: person('was removed'),
  participant_updated: person('has other rights now'),
  host_changed: person('is host now'),
  invite_created: (timeline, { invite }) =>
    timeline.line(`made an invite for a ${invite.role}`, { who: invite.createdBy }),
  invite_revoked: timeline => timeline.line('An invite was revoked'),
  message_created: (timeline, { message }) =>
    void timeline.messages.set(message.id, timeline.add('comment', { message })),
  prompt_pending_approval: ask,
  approval_requested: ask,
  approval_suggested: ask,
  approval_extended: ask,
  prompt_approved: settle,
  prompt_rejected: settle,
  approval_resolved: settle,
  approval_expired: settle,
  approval_withdrawn: settle,
  prompt_dispatch_started: (timeline, { dispatch }) => timeline.settle(dispatch) ?? timeline.start(dispatch),
  prompt_dispatch_completed: run('The turn ended'),
  prompt_dispatch_failed: run('The turn failed', true),
  prompt_dispatch_cancelled: run('Stopped'),
  prompt_dispatch_unknown: run('Nobody knows whether this prompt ran; its host decides', true),
  prompt_dispatch_settled: (timeline, { dispatch, retry }) => {
    timeline.settle(dispatch)
    timeline.line(retry ? 'It is sent again' : 'That is settled')
  },
  host_session_update: (timeline, { notification }) =>
    timeline.agent.draw(notification.params?.update ?? notification.update),
  agent_session_updated: live,
  draft_ready: (timeline, draft) => timeline.add('draft', draft),
  artifact_decided: (timeline, { artifact, participant }) =>
    timeline.line(`${SAID[/** @type {keyof typeof SAID} */ (artifact.decision)]} ${artifact.uri}`, {
      who: participant?.id ?? artifact.decidedBy,
      quote: artifact.reason,
    }),
  goal_complete: (timeline, { goalId }) => timeline.line(`The goal is reached: ${goalId}`),
  waiting_for_input: (timeline, { prompt }) => timeline.line(`The agent waits for: ${prompt}`),
  status_update: (timeline, { message }) => timeline.line(message, { isAgent: true }),
  agent_output: (timeline, { stream, content }) => timeline.add('output', { stream, content }),
  updates_dropped: (timeline, { count }) => timeline.line(`${count} updates of before it was shared were not kept`),
  host_connected: (timeline, { host }) => timeline.line(`${host.name} is connected`),
  host_disconnected: (timeline, { host }) => timeline.line(`${host.name} is away`),
}

/** What is said of an artifact, in words. */
export const SAID = { approved: 'approved', rejected: 'rejected', discuss: 'wants to discuss' }

/** @param {Schemas['Session']} session */
function mode(session) {
  return MODES[session.mode].means
}
