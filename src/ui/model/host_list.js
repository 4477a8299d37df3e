// The hosts that I may know of, their agents, and what happened there last: as the server listed it, and as events change it.
import { api } from '../lib/api.js'
import { everyRow } from '../lib/rows.js'
import { batch, signal } from '../vendor/ui.js'
import { meet } from './hosts.js'

/** So many events are shown. */
export const MOST = 50

/** @template {{ id: string }} T @param {T[]} rows @returns {Map<string, T>} */
const byId = rows => new Map(rows.map(it => [it.id, it]))

/** What a page shows of hosts. */
export class HostList {
  /** @type {import('../vendor/ui.js').Signal<Map<string, Schemas['KnownHost']>>} */
  hosts = signal(new Map())
  /** @type {import('../vendor/ui.js').Signal<Map<string, Schemas['Agent']>>} */
  agents = signal(new Map())
  /** What happened last, the newest first. @type {import('../vendor/ui.js').Signal<Schemas['HostEvent'][]>} */
  events = signal([])
  isLoaded = signal(false)
  /** The number behind which to go on. */
  position = '0'

  /** Loads all of it. */
  async load() {
    // The events first: what happens while the rest is loaded is heard again, which changes nothing.
    const { events } = await api(`/api/host-events?order=desc&limit=${MOST}`)
    const [{ hosts }, agents] = await Promise.all([api('/api/hosts'), everyRow('/api/agents', 'agents')])
    this.position = String(events[0]?.seq ?? 0)
    batch(() => {
      this.events.value = events
      this.#take(hosts, agents)
    })
  }

  /** Loads what stands beside the events: what they do not tell. */
  async renew() {
    const [{ hosts }, agents] = await Promise.all([api('/api/hosts'), everyRow('/api/agents', 'agents')])
    batch(() => this.#take(hosts, agents))
  }

  /** @param {Schemas['KnownHost'][]} hosts @param {Schemas['Agent'][]} agents */
  #take(hosts, agents) {
    hosts.forEach(meet)
    this.hosts.value = byId(hosts)
    this.agents.value = byId(agents)
    this.isLoaded.value = true
  }

  /**
   * Takes over what happens, each event once.
   * @param {any[]} frames
   * @param {string} [position] behind the last of them
   * @returns {boolean} whether there is something that events do not tell, so that it is to be loaded again
   */
  hear(frames, position) {
    const seen = Number(this.position)
    /** @type {Schemas['HostEvent'][]} */
    const fresh = frames.filter(it => 'seq' in it && it.seq > seen)
    batch(() => {
      for (const event of fresh) this.#apply(event)
      if (fresh.length > 0) this.events.value = [...fresh.toReversed(), ...this.events.peek()].slice(0, MOST)
    })
    this.position = position ?? String(fresh.at(-1)?.seq ?? seen)
    const isStrange = (/** @type {Schemas['HostEvent']} */ it) => !this.hosts.peek().has(it.hostId)
    return fresh.some(it => it.kind.startsWith('host.') && it.kind !== 'host.notification') || fresh.some(isStrange)
  }

  /** @param {Schemas['HostEvent']} event */
  #apply({ kind, agentId, hostId, payload, timestamp }) {
    const { agent } = /** @type {any} */ (payload ?? {})
    const host = this.hosts.peek().get(hostId)
    if (host && (kind === 'host.connected' || kind === 'host.disconnected')) {
      const now = { ...host, connected: kind === 'host.connected', since: timestamp }
      this.hosts.value = new Map(this.hosts.peek()).set(hostId, now)
      meet(now)
    }
    if (!agentId || !agent) return
    const agents = new Map(this.agents.peek())
    if (kind === 'agent.unregistered') agents.delete(agentId)
    else if (kind.startsWith('agent.')) agents.set(agentId, agent)
    this.agents.value = agents
  }

  /** The agents of a host: those that it can start, or those that it registered. @param {string} hostId @param {boolean} isStartable */
  agentsOf(hostId, isStartable) {
    const own = [...this.agents.value.values()].filter(
      it => it.hostId === hostId && (it.kind === 'acp') === isStartable,
    )
    return own.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What the host said when an agent's state changed last. @param {string} agentId */
  saidOf(agentId) {
    const last = this.events.value.find(it => it.agentId === agentId && it.kind === 'agent.status_changed')
    return last?.message ?? null
  }
}

/** @typedef {{ host: Schemas['KnownHost'], agents: Schemas['Agent'][] }} Offer */

/**
 * What can be started, host by host: those that are there first. A host that is away shows that it is.
 * @param {Schemas['KnownHost'][]} hosts
 * @param {Schemas['Agent'][]} agents
 * @returns {Offer[]}
 */
export function offers(hosts, agents) {
  const mine = hosts.filter(it => it.may.startAgents)
  const all = mine.map(host => ({ host, agents: agents.filter(it => it.hostId === host.id && it.kind === 'acp') }))
  return all.filter(it => it.agents.length > 0).toSorted((a, b) => Number(b.host.connected) - Number(a.host.connected))
}
