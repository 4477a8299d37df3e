// The computers that agents run on: what they are called, whose they are, and since when they are there or away.
import { api } from '../lib/api.js'
import { plain } from '../lib/text.js'
import { signal } from '../vendor/ui.js'

/** A host, as events tell of it, or as the server lists it for the reader. @typedef {Schemas['Host'] & Partial<Schemas['KnownHost']>} Machine */

/** What is known of them. @type {import('../vendor/ui.js').Signal<Map<string, Machine>>} */
const machines = signal(new Map())
let isAsked = false

/** Takes over what is told of a computer, unless something later is known. @param {Machine} host */
export function meet(host) {
  const known = machines.peek().get(host.id)
  if (!known || known.since <= host.since) machines.value = new Map(machines.peek()).set(host.id, { ...known, ...host })
}

/**
 * A computer by its id, where the reader may know it: who has an account is told by the server, others when it comes and
 * goes.
 * @param {string | null | undefined} id
 * @param {Schemas['Me'] | null} me
 */
export function machineAt(id, me) {
  if (!isAsked && me?.user) {
    isAsked = true
    api('/api/hosts').then(
      ({ hosts }) => hosts.forEach(meet),
      () => (isAsked = false),
    )
  }
  return machines.value.get(id ?? '') ?? null
}

/** The computer that a session's agent runs on. @param {import('./session.js').SharedSession} of */
export const machineOf = of => machineAt(of.agentSession.value.hostId, of.me)

/** What a computer is called; with the end of its id where another one is called the same. @param {Machine} host */
export function nameOf({ id, name }) {
  const hasTwin = [...machines.value.values()].some(it => it.name === name && it.id !== id)
  return plain(hasTwin ? `${name} (${id.slice(-6)})` : name)
}

/** Whose it is, for people. @param {Machine} host @param {Schemas['Me'] | null} me */
export function whose({ userId, ownerName }, me) {
  if (!userId) return 'the server’s own'
  return userId === me?.user?.id ? 'yours' : ownerName ? `${plain(ownerName)}’s` : 'somebody’s'
}
