// The computers that agents run on: what they are called, and since when they are there or away.
import { api } from '../lib/api.js'
import { signal } from '../vendor/ui.js'

/** @typedef {Pick<Schemas['Host'], 'name' | 'since' | 'connected'>} Machine */

/** What is known of them. @type {import('../vendor/ui.js').Signal<Map<string, Machine>>} */
const machines = signal(new Map())
let isAsked = false

/** Takes over what is told of a computer, unless something later is known. @param {Schemas['Host']} host */
export function meet({ id, name, since, connected }) {
  const known = machines.peek().get(id)
  if (!known || known.since < since) machines.value = new Map(machines.peek()).set(id, { name, since, connected })
}

/**
 * The computer that a session's agent runs on, where the reader may know it: who has an account is told by the server,
 * others when it comes and goes.
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
  return machines.value.get(of.agentSession.value.hostId) ?? null
}
