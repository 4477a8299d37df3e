// A server, a browser, and the people in it.
import { Person, launch } from './browser.js'
import { Server, until } from './server.js'

/** Fast, and still slow enough for a server to be killed while the agent talks. */
const SPEED = '10'

/** What a story needs; `check()` after each part of it, `end()` at its end. */
export class World {
  static async start(settings = {}) {
    const world = new World()
    world.people = []
    ;[world.server, world.browser] = await Promise.all([Server.start(SPEED, settings), launch()])
    return world
  }

  /** Somebody who has never been here. */
  async person(options) {
    const person = await Person.with(this.browser, this.server, options)
    this.people.push(person)
    return person
  }

  /** The first admin, signed in by the setup link. */
  async host(name = 'Ana', options) {
    const host = await this.person(options)
    await host.page.goto(this.server.setupLink)
    await host.page.getByLabel('Your name').fill(name)
    await host.page.getByRole('button', { name: 'Start' }).click()
    await host.page.getByText('Nothing waits for you.').waitFor()
    return host
  }

  /** Shares an agent. @returns the session's id, and a link to take part in it */
  async share(fields = {}, agent = 'demo') {
    const asked = { agent, title: 'Fix the flaky checkout test' }
    const make = () => this.server.api('/api/agent-sessions', asked).catch(() => null)
    const { agentSession } = await until(`the agent ${agent} is there`, make)
    const { session, inviteToken } = await this.server.api('/api/shared-sessions', {
      hostSessionId: agentSession.id,
      ...fields,
    })
    return { id: session.id, link: `/join/${session.id}#${inviteToken}` }
  }

  /** A link for somebody who only watches. */
  async viewerLink({ id }) {
    const { invite } = await this.server.api(`/api/shared-sessions/${id}/invites`, { role: 'viewer' })
    return `/join/${id}#${invite.token}`
  }

  /** Somebody who has joined by a link. */
  async guest(name, link, options) {
    const guest = await this.person(options)
    await guest.page.goto(link)
    await guest.page.getByLabel('Your name').fill(name)
    await guest.page.getByRole('button', { name: 'Join' }).click()
    await guest.isLive()
    return guest
  }

  /** Every event of a session so far. */
  async events({ id }) {
    const all = []
    for (let after = '0', length = 500; length === 500;) {
      const page = await this.server.api(`/api/shared-sessions/${id}/events?limit=500&after=${after}`)
      all.push(...page.events)
      after = page.nextAfter
      length = page.events.length
    }
    return all
  }

  /** What the events of a type say, the oldest first. */
  async payloads(session, type) {
    return (await this.events(session)).filter(it => it.type === type).map(it => it.payload)
  }

  /** kill -9, seen by these people, and a new start. @param {...import('./browser.js').Person} people */
  async crash(...people) {
    await this.server.kill()
    for (const it of people) await it.isCutOff()
    await this.server.begin()
    for (const it of people) await it.isLive()
  }

  async check() {
    for (const person of this.people) await person.check()
  }

  async end() {
    await this.browser.close()
    await this.server.end()
  }
}
