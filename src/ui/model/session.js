// A session as this reader may know it: what it is, who takes part, what waits, what happened. The server decides what
// anybody may do; this only hides what it would refuse.
import { Table } from '../lib/table.js'
import { batch, signal } from '../vendor/ui.js'
import { flowOf } from './agent.js'
import { inOrder } from './deck.js'
import { meet } from './hosts.js'
import { mayDecide, mayWrite } from './rights.js'
import { Timeline } from './timeline.js'

/**
 * @template T
 * @param {Table<T>} table
 * @param {string} id
 * @param {T} row
 */
const put = (table, id, row) => table.put(id, row)

/** The number of an event in a position. @param {string} position */
export const seqOf = position => Number(position.split('.')[0])

/** Whether two approvals ask the same: of a tool call, its id says so. @param {Schemas['Approval']} a @param {Schemas['Approval']} b */
function isSame(a, b) {
  const [one, other] = [a, b].map(it => /** @type {any} */ (it.details)?.toolCall?.toolCallId)
  return a.kind === b.kind && (one === undefined ? a.digest === b.digest : one === other)
}

/**
 * Keeps an event to draw it again. Text that flows is kept as one, in however many chunks it came.
 * @param {Schemas['Event'][]} list
 * @param {Schemas['Event']} event
 */
function keep(list, event) {
  const last = list.at(-1)
  const [before, flow] = [last && flowOf(last), flowOf(event)]
  const goesOn = before && flow && before.sessionUpdate === flow.sessionUpdate && before.messageId === flow.messageId
  if (goesOn) before.content = { ...before.content, text: before.content.text + flow.content.text }
  else list.push(event)
}

/**
 * Events without what belongs to a turn that began before them: shown without its beginning, it would fold under the eyes of
 * whoever reads it when that is loaded. Where nothing else is there, it stays.
 * @param {Schemas['Event'][]} events
 * @param {number} [wanted] one that has to be there
 */
function fromWhole(events, wanted = Infinity) {
  const end = events.findIndex(it => /^prompt_dispatch_(completed|failed|cancelled)$/.test(it.type))
  if (end < 0 || end + 1 === events.length || events[0].seq === 1 || events[end].seq >= wanted) return events
  const { id } = /** @type {any} */ (events[end].payload).dispatch
  const begins = (/** @type {any} */ { type, payload }) =>
    type === 'prompt_dispatch_started' && payload.dispatch.id === id
  return events.slice(0, end).some(begins) ? events : events.slice(end + 1)
}

/** A session, from its snapshot on. */
export class SharedSession {
  /** @type {import('../vendor/ui.js').Signal<Schemas['Session']>} */
  session
  /** @type {import('../vendor/ui.js').Signal<Schemas['AgentSession']>} */
  agentSession
  /** @type {Table<Schemas['Participant']>} */
  people
  /** @type {Table<Schemas['Approval']>} */
  approvals
  /** @type {Table<Schemas['Dispatch']>} */
  dispatches = new Table()
  /** What people do right now: @type {Table<{ state: string, at: number }>} */
  presence = new Table()
  /** Who closed it, where that was a person. @type {import('../vendor/ui.js').Signal<string | null>} */
  closedBy = signal(null)
  /** The position up to which everything was heard. */
  position
  /** The first event that was loaded; 1 where nothing came before. */
  first = 1
  #isDrawn = false
  /** What happened up to the first turn that is here: it is drawn anew when what was before it is loaded. @type {Schemas['Event'][]} */
  #head = []

  /** @param {Schemas['Shown']} snapshot @param {Schemas['Me']} me */
  constructor(snapshot, me) {
    this.me = me
    this.session = signal(snapshot.session)
    this.agentSession = signal(snapshot.agentSession)
    this.people = new Table(snapshot.participants.map(it => [it.id, it]))
    this.approvals = new Table(snapshot.approvals.map(it => [it.id, it]))
    this.position = snapshot.asOf
    this.timeline = new Timeline(this)
    this.#takeDispatches()
  }

  /**
   * An agent session that nobody shares yet: its owner is alone in it.
   * @param {Schemas['AgentSession']} agentSession
   * @param {Schemas['Me']} me
   */
  static alone(agentSession, me) {
    const host = { id: 'me', userId: me.user?.id, displayName: me.user?.name, role: 'host', leftAt: null }
    const session = { id: '', title: '', status: 'active', mode: 'prompt_with_approval' }
    const snapshot = { session, participants: [host], approvals: [], agentSession, asOf: '0' }
    return new SharedSession(/** @type {any} */ (snapshot), me)
  }

  /** What approvals know of their dispatches. */
  #takeDispatches() {
    for (const { dispatch } of this.approvals.peek().values()) if (dispatch) put(this.dispatches, dispatch.id, dispatch)
  }

  /**
   * Draws what happened before the snapshot, or before what is drawn.
   * @param {Schemas['Event'][]} events, in order, no gap
   * @param {number} [wanted] one that has to be there
   */
  replay(events, wanted) {
    const end = this.#isDrawn ? this.first : Infinity
    const earlier = fromWhole(
      events.filter(it => it.seq < end),
      wanted,
    )
    this.first = earlier[0]?.seq ?? (this.#isDrawn ? this.first : seqOf(this.position) + 1)
    this.#isDrawn = true
    /** @type {Schemas['Event'][]} */
    const head = []
    for (const event of [...earlier, ...this.#head]) keep(head, event)
    batch(() => {
      this.#learn(earlier)
      this.timeline.before(head)
    })
    this.#head = head.filter(it => it.seq < this.timeline.seam)
  }

  /** Takes over what events of before tell, where nothing newer is known. @param {Schemas['Event'][]} earlier */
  #learn(earlier) {
    const [approvals, dispatches] = [new Map(), new Map()]
    for (const { type, payload } of /** @type {any[]} */ (earlier)) {
      const { approval, dispatch, host } = payload
      if (type === 'session_closed') this.closedBy.value = payload.by
      if (host) meet(host)
      if (approval) approvals.set(approval.id, approval)
      if (dispatch) dispatches.set(dispatch.id, dispatch)
    }
    for (const [id, it] of approvals) if (!this.approvals.peek().has(id)) put(this.approvals, id, it)
    this.#takeDispatches()
    for (const [id, it] of dispatches) if (!this.dispatches.peek().has(id)) put(this.dispatches, id, it)
  }

  /**
   * Takes over what happens, each event once, in order.
   * @param {Schemas['SessionStreamFrame'][]} frames
   * @param {string} [position] behind the last of them
   * @returns {number} how many were new
   */
  hear(frames, position) {
    const seen = seqOf(this.position)
    const fresh = /** @type {Schemas['Event'][]} */ (frames.filter(it => 'seq' in it && it.seq > seen))
    batch(() => {
      for (const frame of frames) if (frame.type === 'presence') this.#meet(frame.payload)
      for (const event of fresh) {
        this.#take(event)
        this.timeline.draw(event)
        if (this.timeline.seam === Infinity) keep(this.#head, event)
      }
    })
    this.position = position ?? this.position
    return fresh.length
  }

  /** Who tells what they do is here. @param {{ participantId: string, state: string }} presence */
  #meet({ participantId, state }) {
    put(this.presence, participantId, { state, at: Date.now() })
    const person = this.people.peek().get(participantId)
    if (person && !person.online) put(this.people, participantId, { ...person, online: true })
  }

  /** Takes over who is here, which events do not tell. @param {Schemas['Participant'][]} participants */
  count(participants) {
    batch(() => {
      for (const { id, online } of participants) {
        const known = this.people.peek().get(id)
        if (known && known.online !== online) put(this.people, id, { ...known, online })
      }
    })
  }

  /** What somebody is, by an event, which does not know whether they are here. @param {Schemas['Participant']} person */
  #place(person) {
    const online = !person.leftAt && (this.people.peek().get(person.id)?.online ?? false)
    put(this.people, person.id, { ...person, online })
  }

  /** @param {Schemas['Event']} event */
  #take(event) {
    const { approval, dispatch, participant, session, agentSession, artifact, host } = /** @type {any} */ (
      event.payload
    )
    if (host) meet(host)
    if (approval) put(this.approvals, approval.id, approval)
    if (dispatch) put(this.dispatches, dispatch.id, dispatch)
    if (participant) this.#place(participant)
    if ('message' in event.payload && participant)
      put(this.presence, participant.id, { state: 'watching', at: Date.now() })
    if (agentSession) this.agentSession.value = agentSession
    if (session) this.session.value = session
    if (event.type === 'artifact_decided') this.#judge(event.payload.approvalId, artifact)
    if (event.type === 'host_changed') this.#handOver(participant)
    if (event.type === 'session_closed') {
      this.session.value = { ...this.session.value, status: event.payload.status, closedAt: event.timestamp }
      this.closedBy.value = event.payload.by
    }
  }

  /** What was said of an artifact of a draft. @param {string} id @param {Schemas['Artifact']} artifact */
  #judge(id, artifact) {
    const approval = this.approvals.peek().get(id)
    if (!approval?.draft) return
    const artifacts = approval.draft.artifacts.map(it => (it.uri === artifact.uri ? { ...it, ...artifact } : it))
    put(this.approvals, id, { ...approval, draft: { ...approval.draft, artifacts } })
  }

  /** Who was host takes part like others. @param {Schemas['Participant']} host */
  #handOver(host) {
    for (const it of this.people.peek().values()) {
      if (it.role === 'host' && it.id !== host.id) put(this.people, it.id, { ...it, role: 'collaborator' })
    }
  }

  get isOpen() {
    return this.session.value.status === 'active'
  }

  /** The server says how an approval is, and no event does. @param {Schemas['Approval']} approval */
  learn(approval) {
    put(this.approvals, approval.id, approval)
  }

  /** The approval by which an agent asked the same again, after it was gone. @param {Schemas['Approval']} old */
  askedAgain(old) {
    if (old.status !== 'expired') return undefined
    return [...this.approvals.value.values()].find(
      it => it.id !== old.id && it.createdAt > old.createdAt && isSame(it, old),
    )
  }

  /** The approval by which an agent asked the same before, in vain. @param {Schemas['Approval']} it */
  askedBefore(it) {
    return it.kind === 'prompt'
      ? undefined
      : [...this.approvals.value.values()].findLast(old => this.askedAgain(old)?.id === it.id)
  }

  /** The approval of the prompt that the agent is at, which led to what it asks. */
  get cause() {
    const { running } = this
    return running && this.approvals.value.get(running.approvalId)
  }

  /** Which turn the agent is at, counted from the first of the session; 0 where it is at none, or those before are not loaded. */
  get turnNumber() {
    return this.first > 1 ? 0 : [...this.timeline.turns.keys()].indexOf(this.running?.id ?? '') + 1
  }

  /** What waits for a decision, what blocks the agent first, then the oldest. */
  get waiting() {
    return this.isOpen ? [...this.approvals.value.values()].filter(it => it.status === 'pending').toSorted(inOrder) : []
  }

  /** Dispatches of which nobody knows whether they ran. */
  get unknown() {
    return [...this.dispatches.value.values()].filter(it => it.state === 'unknown')
  }

  /** The turn that the agent is at, if any. */
  get running() {
    return [...this.dispatches.value.values()].findLast(it => it.state === 'sending' || it.state === 'running')
  }

  /** Who takes part; when the session has ended, who did. */
  get here() {
    return [...this.people.value.values()].filter(it => !it.leftAt || it.leftReason === 'ended')
  }

  /** Who I am here, if anybody. */
  get mine() {
    const seats = new Set(this.me.seats.map(it => it.participantId))
    return this.here.findLast(it => it.userId === this.me.user?.id || seats.has(it.id))
  }

  get isHost() {
    return this.mine?.role === 'host'
  }

  /** The host of the session. */
  get host() {
    return this.here.find(it => it.role === 'host')
  }

  /** The agent's own name and version. */
  get agent() {
    const { agent, agentName, agentVersion } = this.agentSession.value
    return `${agentName || agent} ${agentVersion ?? ''}`.trim()
  }

  /** Whether I may send `messages` or `prompts`. @param {'messages' | 'prompts'} what */
  may(what) {
    return mayWrite(what, this.mine, this.session.value, this.agentSession.value)
  }

  /** Whether my prompts need nobody's yes. */
  get mayPromptDirectly() {
    return this.may('prompts') && (this.isHost || this.session.value.mode === 'prompt_direct')
  }

  /** Whether I may decide an approval. @param {Schemas['Approval']} approval */
  mayDecide(approval) {
    return mayDecide(this.mine, this.isMine(approval))
  }

  /** Whether I asked for it, also from an earlier seat of mine. @param {Schemas['Approval']} approval */
  isMine(approval) {
    const author = this.person(approval.participantId)
    const isSeat = this.me.seats.some(it => it.participantId === approval.participantId)
    return isSeat || Boolean(author && author.userId === (this.mine?.userId ?? this.me.user?.id))
  }

  /** @param {string | null | undefined} id */
  person(id) {
    return id ? this.people.value.get(id) : undefined
  }
}
