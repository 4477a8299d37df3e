// The computers that agents run on, by their names.
import { api } from '../lib/api.js'
import { signal } from '../vendor/ui.js'

/** What is known of them. @type {import('../vendor/ui.js').Signal<Map<string, string>>} */
const names = signal(new Map())
let isAsked = false

/** Takes over what is told of a computer. @param {{ id: string, name: string }} host */
export function meet({ id, name }) {
  if (names.peek().get(id) !== name) names.value = new Map(names.peek()).set(id, name)
}

/**
 * The name of the computer that a session's agent runs on, where the reader may know it: who has an account is told by the
 * server, others when it comes and goes.
 * @param {import('./session.js').SharedSession} of
 */
export function machineOf(of) {
  if (!isAsked && of.me.user) {
    isAsked = true
    api('/api/hosts').then(
      ({ hosts }) => hosts.forEach(meet),
      () => (isAsked = false),
    )
  }
  return names.value.get(of.agentSession.value.hostId) ?? null
}
