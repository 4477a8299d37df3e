// What people do in a session besides deciding.
import { api } from '../../lib/api.js'
import { signal } from '../../vendor/ui.js'

/**
 * What the composer is about: a message that is answered, what a comment is anchored to.
 * @typedef {{ replyTo?: Schemas['Message'], anchor?: any, anchorLabel?: string }} About
 */

/** The actions of a session's page. */
export class Actions {
  /** The text in the composer. */
  text
  /** `prompts` or `messages`. */
  kind = signal('prompts')
  /** @type {import('../../vendor/ui.js').Signal<About>} */
  about = signal({})
  /** What is open above the page: @type {import('../../vendor/ui.js').Signal<'share' | 'people' | 'matrix' | 'close' | 'pause' | 'mode' | 'keys' | null>} */
  dialog = signal(null)
  /** Whether the timeline shows only what was changed in files. */
  onlyDiffs = signal(false)

  /** @param {import('./load.js').Followed} followed @param {import('../../vendor/ui.js').Signal<string>} text */
  constructor(followed, text) {
    this.followed = followed
    this.base = followed.base
    this.text = text
  }

  get of() {
    return /** @type {import('../../model/session.js').SharedSession} */ (this.followed.of.peek())
  }

  focus() {
    document.getElementById('area')?.focus()
  }

  /** @param {Schemas['Message']} message */
  reply(message) {
    this.kind.value = 'messages'
    this.about.value = { replyTo: message }
    this.focus()
  }

  /** @param {any} anchor */
  anchor(anchor) {
    this.kind.value = 'messages'
    this.about.value = { anchor }
    this.focus()
  }

  /** The words of a comment as a prompt, with who said them. @param {Schemas['Message']} message */
  makePrompt(message) {
    const name = this.of.person(message.participantId)?.displayName ?? 'Somebody'
    this.kind.value = 'prompts'
    this.text.value = `${message.text}\n\n(from a comment by ${name})`
    this.focus()
  }

  /** @param {object} changes */
  change(changes) {
    return api(this.base, changes, { method: 'PATCH' })
  }

  /** @param {string} id @param {object} changes */
  changePerson(id, changes) {
    return api(`${this.base}/participants/${id}`, changes, { method: 'PATCH' })
  }

  /** @param {string} id */
  remove(id) {
    return api(`${this.base}/participants/${id}`, undefined, { method: 'DELETE' })
  }

  /** @param {string} participantId */
  handOver(participantId) {
    return api(`${this.base}/host`, { participantId })
  }

  close() {
    return api(`${this.base}/close`, {})
  }

  leave() {
    return api(`${this.base}/leave`, {})
  }

  /** Asks the running turn to stop. */
  async stop() {
    const { running } = this.of
    if (running) await api(`${this.base}/dispatches/${running.id}`, { action: 'cancel' })
  }

  /** @param {boolean} fresh with a new conversation, not where it was */
  restart(fresh) {
    return api(`/api/agent-sessions/${this.of.agentSession.value.id}/restart`, { fresh })
  }

  /** @param {'paused' | 'active'} life @param {object} [rest] */
  live(life, rest) {
    const { id } = this.of.agentSession.value
    return api(`/api/agent-sessions/${id}`, { life, channel: 'page', ...rest }, { method: 'PATCH' })
  }
}
