// The timeline of a session: what each event adds to it.
import { AgentView } from './agent.js'
import { clock, fill, h, say } from './dom.js'
import { said as judged } from './draft.js'
import { plain } from './text.js'
import { raw } from './tools.js'

/** What a mode means for those who take part. */
const MODES = {
  view_only: 'people watch',
  comment_only: 'people comment',
  prompt_with_approval: 'prompts need a yes',
  prompt_direct: 'prompts go at once',
}

const said = text => h('p.text', plain(text))

/** Draws events, of which the room has heard before. */
export class Timeline {
  #prompts = new Map()

  /**
   * @param {Record<string, HTMLElement>} page with `timeline`, `plan` and `usage`
   * @param {import('./room.js').Room} room
   */
  constructor(page, room) {
    this.page = page
    this.room = room
    Object.assign(this, { seq: 0, at: '' })
    this.life = 'active'
    for (const it of [page.timeline, page.plan, page.usage]) fill(it)
    this.agent = new AgentView(page, (...children) => this.#agent(children))
    this.on = this.#handlers()
  }

  /** Draws an event; one that we do not know, or not in this shape, as it came. */
  draw({ seq, type, timestamp, payload }) {
    this.seq = seq
    this.at = timestamp
    if (type !== 'host_session_update') this.agent.pause()
    try {
      this.on[type](payload)
    } catch {
      this.#add('sys', raw(type, payload))
    }
  }

  /** Who prompted the turn that the agent is at, if that is known. */
  get cause() {
    return this.#prompts.get(this.room.running?.approvalId)?.approval
  }

  #handlers() {
    const { room } = this
    const person = did => ({ participant }) => this.#line(room.who(participant.id), did)
    const run = (did, isBad) => it => this.#run(did, isBad, it)
    const [ask, settle] = [it => this.#ask(it), it => this.#settle(it)]
    return {
      shared_session_created: ({ session }) => this.#line('The session began: ', MODES[session.mode]),
      session_updated: ({ session }) => this.#line('It is now “', plain(session.title), '”: ', MODES[session.mode]),
      session_closed: () => this.#line(this.ending()),
      participant_joined: person(' joined'),
      participant_left: person(' left'),
      participant_removed: person(' was removed'),
      participant_updated: person(' has other rights now'),
      host_changed: person(' is host now'),
      invite_created: ({ invite }) => this.#line(room.who(invite.createdBy), ` made an invite for a ${invite.role}`),
      invite_revoked: () => this.#line('An invite was revoked'),
      message_created: ({ message }) => this.#comment(message),
      prompt_pending_approval: ask,
      approval_requested: ask,
      approval_suggested: ask,
      approval_extended: ask,
      prompt_approved: settle,
      prompt_rejected: settle,
      approval_resolved: settle,
      approval_expired: settle,
      approval_withdrawn: settle,
      prompt_dispatch_started: () => {},
      prompt_dispatch_completed: run('The turn ended'),
      prompt_dispatch_failed: run('The turn failed', true),
      prompt_dispatch_cancelled: run('Stopped'),
      prompt_dispatch_unknown: run('Nobody knows whether this prompt ran; its host decides in the inbox', true),
      prompt_dispatch_settled: it => this.#run(it.retry ? 'It is sent again' : 'That is settled', false, it),
      host_session_update: ({ notification }) => this.agent.draw(notification.update),
      updates_dropped: ({ count }) => this.#line('Of what ', room.agent, ` said before, ${count} updates are not kept`),
      agent_session_updated: it => this.#live(it.agentSession),
      draft_ready: ({ summary, artifactCount: n }) =>
        this.#line(room.agent, ` offers ${n} artifact${n === 1 ? '' : 's'} for review: `, plain(summary)),
      artifact_decided: ({ artifact: it }) => this.#line(judged(it, room), ' – ', h('code', plain(it.uri))),
      goal_complete: ({ goalId }) => this.#line('The goal is reached: ', plain(goalId)),
      waiting_for_input: ({ prompt }) => this.#line(room.agent, ' waits for: ', plain(prompt)),
      status_update: ({ message }) => this.#line(room.agent, ': ', plain(message)),
      agent_output: ({ stream, content }) => this.#add('sys', h('pre.out', `${stream}: `, plain(content))),
      host_connected: ({ host }) => this.#line(plain(host.name), ' is connected'),
      host_disconnected: ({ host }) => this.#line(plain(host.name), ' is away'),
    }
  }

  /** How the session ended, in words. */
  ending() {
    const { closedBy } = this.room
    return closedBy ? [this.room.who(closedBy), ' closed this session'] : ['The time of this session is up']
  }

  #add(kind, ...children) {
    this.page.timeline.append(h(`li.${kind}`, { id: `e${this.seq}` }, children))
  }

  #line(...children) {
    this.#add('sys', children, ' ', clock(this.at))
  }

  #by(id, ...did) {
    return h('p.by', this.room.who(id), did, ' ', clock(this.at))
  }

  #agent(children) {
    const goesOn = this.page.timeline.lastChild?.matches('.agent')
    this.#add('agent', !goesOn && h('p.by', h('b', this.room.agent), ' ', clock(this.at)), children)
  }

  #comment({ participantId, text }) {
    this.#add('comment', this.#by(participantId, ' commented'), said(text))
  }

  #run(did, isBad, { dispatch }) {
    const { error } = dispatch
    this.#add(isBad ? 'sys.bad' : 'sys', did, error && `: ${plain(error)}`, ' ', clock(this.at))
    if (this.room.isLive) say(did)
  }

  /** The life of the agent session goes on otherwise. */
  #live({ life, lifeChange }) {
    if (life === this.life) return
    this.life = life
    const did = life === 'active' ? 'resumed' : life
    const why = lifeChange?.reason && [': “', h('bdi', plain(lifeChange.reason)), '”']
    this.#line(this.room.who(lifeChange?.by), ` ${did} the agent session`, why)
  }

  #ask({ approval, message }) {
    const state = h('span.muted', approval.status === 'pending' && ' · waits for a yes')
    const more = h('div')
    this.agent.waits(approval)
    if (!message) return
    this.#prompts.set(approval.id, { approval, state, more })
    this.#add('prompt', this.#by(approval.participantId, ' prompted', state), said(approval.prompt), more)
  }

  #settle({ approval, message }) {
    if (message) return this.#ask({ approval, message }) // a direct prompt, which nobody was asked about
    this.agent.waits(approval)
    const prompt = this.#prompts.get(approval.id)
    const outcome = this.room.outcome(approval)
    if (!prompt) return this.#line(outcome, ' – ', plain(approval.details.toolCall?.title ?? approval.action))
    fill(prompt.state, ' · ', outcome)
    if (approval.editedPrompt) fill(prompt.more, h('p.muted', 'Sent instead:'), said(approval.editedPrompt))
  }
}
