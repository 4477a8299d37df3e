// A session as this reader may know it: who is who, and what I may do. The server decides; this only hides what it
// would refuse.
import { h } from './dom.js'
import { plain } from './text.js'

/** What a collaborator may not do in a mode. */
const CLOSED = { view_only: ['messages', 'prompts'], comment_only: ['prompts'] }

/** What the decision on a question is called; on anything else it is approved or rejected. */
const ANSWERED = { approved: 'answered', rejected: 'declined' }

/** A session, from its snapshot on. */
export class Room {
  /** @param {object} snapshot the answer to GET of the session @param {object} me the answer to GET /api/me */
  constructor({ session, participants, approvals, agentSession }, me) {
    Object.assign(this, { session, agentSession, me })
    this.people = new Map(participants.map(it => [it.id, it]))
    this.approvals = new Map(approvals.map(it => [it.id, it]))
    this.dispatches = new Map()
    /** Who closed it, where that was a person. */
    this.closedBy = null
    /** Whether what is heard happens now. */
    this.isLive = false
  }

  /** Takes over what an event says. */
  hear({ type, payload }) {
    const { approval, dispatch, participant, session, agentSession, artifact } = payload
    if (approval) this.approvals.set(approval.id, approval)
    if (dispatch) this.dispatches.set(dispatch.id, dispatch)
    if (agentSession) this.agentSession = agentSession
    if (artifact) this.#judge(payload.approvalId, artifact)
    if (session) this.session = session
    if (participant) this.people.set(participant.id, participant)
    if (type === 'session_closed') {
      this.session = { ...this.session, status: payload.status }
      this.closedBy = payload.by
    }
  }

  /** Takes over what was said of an artifact of a draft. */
  #judge(id, artifact) {
    const approval = this.approvals.get(id)
    if (!approval?.draft) return
    const artifacts = approval.draft.artifacts.map(it => (it.uri === artifact.uri ? artifact : it))
    this.approvals.set(id, { ...approval, draft: { ...approval.draft, artifacts } })
  }

  /** Why nothing is carried out, where somebody wanted it so. */
  get held() {
    const { life, completing, lifeChange } = this.agentSession
    const why = lifeChange?.reason && [': “', h('bdi', plain(lifeChange.reason)), '”']
    if (completing) return ['The agent session ends when its queue is empty', why, '.']
    if (life === 'paused') return ['The agent session is paused', why, '. Prompts wait.']
    return life === 'active' ? null : [`The agent session is ${life}`, why, '. It takes no prompts any more.']
  }

  /** What waits for a decision, the oldest first. */
  get waiting() {
    return this.isOpen ? [...this.approvals.values()].filter(it => it.status === 'pending') : []
  }

  /** The turn that the agent is at, if any. */
  get running() {
    return [...this.dispatches.values()].findLast(it => it.state === 'sending' || it.state === 'running')
  }

  /** Who takes part; when the session has ended, who did. */
  get here() {
    return [...this.people.values()].filter(it => !it.leftAt || it.leftReason === 'ended')
  }

  /** Who I am here, if anybody. */
  get mine() {
    const seats = new Set(this.me.seats.map(it => it.participantId))
    return this.here.findLast(it => it.userId === this.me.user?.id || seats.has(it.id))
  }

  get isHost() {
    return this.mine?.role === 'host'
  }

  get isOpen() {
    return this.session.status === 'active'
  }

  /** The agent's own name and version. */
  get agent() {
    const { agent, agentName, agentVersion } = this.agentSession
    return plain(`${agentName ?? agent} ${agentVersion ?? ''}`.trim())
  }

  /** Whether I may send `messages` or `prompts`. */
  may(what) {
    const { life, completing, allowHumanInput } = this.agentSession
    const takesPrompts = allowHumanInput && !completing && (life === 'active' || life === 'paused')
    const isClosed = CLOSED[this.session.mode]?.includes(what)
    if (what === 'prompts' && !takesPrompts) return false
    return this.isOpen && (this.isHost || (this.mine?.role === 'collaborator' && !isClosed))
  }

  /** Whether my prompts need nobody's yes. */
  get mayPromptDirectly() {
    return this.isHost ? this.isOpen : this.may('prompts') && this.session.mode === 'prompt_direct'
  }

  /** Whether I may decide an approval, or what becomes of a dispatch. */
  mayDecide(approval) {
    // Also what I asked from an earlier seat of mine.
    const author = this.people.get(approval.participantId)
    const seats = new Set(this.me.seats.map(it => it.participantId))
    const isMine = Boolean(author && (author.userId === this.mine?.userId || seats.has(author.id)))
    return this.isHost || Boolean(this.mine?.canDecide && !isMine && approval.kind !== 'unknown')
  }

  /** The name of a participant, which cannot pass for another's, and the role that the server says they have. */
  who(id) {
    const it = this.people.get(id)
    if (!it) return [h('b', 'Somebody')]
    const role = it.role === 'host' ? 'host' : it.userId.startsWith('guest:') && 'guest'
    const name = h('b', h('bdi', plain(it.displayName ?? 'Somebody')))
    return [name, it === this.mine && ' (you)', role && [' ', h('span.role', role)]]
  }

  /** How an approval ended, in words. */
  outcome(it, wasLate) {
    if (it.status === 'expired') return 'expired undecided'
    if (it.status === 'withdrawn') return 'taken back'
    const chosen = it.options.find(option => option.id === it.optionId)
    const status = it.status === 'rejected' ? 'rejected' : 'approved'
    const verdict = it.kind === 'question' ? ANSWERED[status] : status
    return [
      this.who(it.resolvedByParticipantId),
      wasLate ? ' was first: ' : ' ',
      chosen ? `chose “${plain(chosen.label)}”` : verdict,
      it.editedPrompt && ' with changes',
      it.answer && `: ${plain(JSON.stringify(it.answer))}`,
      it.reason && [': “', h('bdi', plain(it.reason)), '”'],
    ]
  }
}
