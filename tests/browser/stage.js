// What the scenes share.
import { Program } from './program.js'
import { ACTIONS, AGENTS, CARDS, TOOLS, UPDATES } from './samples.js'
import { until } from './server.js'
import { World } from './world.js'

/** A server, the people, and sessions, each made when it is first wanted. */
export class Stage {
  static async set() {
    const stage = new Stage()
    stage.world = await World.start()
    stage.host = await stage.world.host()
    /** What was made, by its name. @type {Map<string, Promise<any>>} */
    stage.made = new Map()
    return stage
  }

  get server() {
    return this.world.server
  }

  /** Makes something once. @template T @param {string} name @param {() => Promise<T>} make @returns {Promise<T>} */
  once(name, make) {
    if (!this.made.has(name)) this.made.set(name, make())
    return /** @type {Promise<T>} */ (this.made.get(name))
  }

  /** Somebody who has no part in anything. */
  stranger() {
    return this.world.person()
  }

  /** A session of an agent, known to its host alone. @param {string} name @param {string} [agent] @param {object} [fields] */
  session(name, agent = 'scripted', fields = {}) {
    return this.once(`session ${name}`, () => this.world.share({ title: name, ...fields }, agent))
  }

  /** Prompts an agent, as its host. @param {{ id: string }} session @param {string} prompt @param {object} [script] what it does then */
  async tell({ id }, prompt, script) {
    if (script) await this.server.script(prompt, script)
    return this.server.api(`/api/shared-sessions/${id}/prompts`, { prompt })
  }

  /** The host in a session. @param {{ id: string }} session */
  async at({ id }, person = this.host) {
    await person.page.goto(`/s/${id}`)
    await person.page.locator('#composer').waitFor()
    return person
  }

  /** The session in which much has happened, with two guests. */
  rich() {
    return this.once('rich', async () => {
      const session = await this.session('Fix the flaky checkout test')
      const sam = await this.world.guest('Sam', session.link)
      const kim = await this.world.guest('Kim', await this.world.viewerLink(session))
      await this.tell(session, 'Fix the flaky checkout test, and keep the public API.', { updates: UPDATES })
      await sam.sees('The order is kept')
      await sam.write('Comment', 'Does this also cover the refund path?')
      await sam.sees('refund path')
      return { session, sam, kim }
    })
  }

  /** A session with something that waits. @param {string} name @param {object} what */
  waiting(name, what) {
    return this.once(`waiting ${name}`, async () => {
      const session = await this.session(name)
      await this.tell(session, `${name}, please.`, what)
      await until(`${name} waits`, async () => {
        const { approvals } = await this.server.api(`/api/shared-sessions/${session.id}/approvals?status=pending`)
        return approvals.length > 0
      })
      return session
    })
  }

  /** The host before a card. @param {keyof typeof CARDS} name */
  async card(name) {
    const person = await this.at(await this.waiting(name, CARDS[name]))
    await person.page.locator('#dock .card').first().waitFor()
    return person
  }

  /** A session where a guest's prompt waits. */
  proposed() {
    return this.once('proposed', async () => {
      const session = await this.session('Upgrade to axum 0.8')
      const sam = await this.world.guest('Sam', session.link)
      const lena = await this.world.guest('Lena', session.link)
      await sam.write('Prompt', 'Then run the whole suite with --release, and tell me which tests are slow.')
      await lena.page.getByText('Suggest…').click()
      await lena.page.getByLabel('Why').fill('safe, it only reads')
      await lena.page.getByRole('button', { name: 'Suggest: approve' }).click()
      await lena.page.getByText('suggests:').first().waitFor()
      return { session, sam, lena }
    })
  }

  /** The demo agent with something said to it. @param {string} name @param {string} word @param {string} shows what is seen then */
  async demo(name, word, shows) {
    const session = await this.session(name, 'demo')
    await this.once(`told ${name}`, () => this.tell(session, word))
    const person = await this.at(session)
    await person.page.locator(shows).first().waitFor()
    return person
  }

  /** A session that has ended. */
  closed() {
    return this.once('closed', async () => {
      const session = await this.session('Closed')
      const sam = await this.world.guest('Sam', session.link)
      await sam.write('Comment', 'That was that.')
      await sam.sees('That was that.')
      await this.server.api(`/api/shared-sessions/${session.id}/close`, {})
      return session
    })
  }

  /** A host whose programs do all that there is to do, and one of the same name that is away. */
  program() {
    return this.once('program', async () => {
      const gone = await Program.at(this.server, { name: 'build server' })
      await gone.registers({ name: 'nightly', project: 'shop' })
      await gone.leaves()
      const program = await Program.at(this.server, { name: 'build server' })
      for (const { status, current_task, message, ...fields } of AGENTS) {
        const { id } = await program.registers(fields)
        await program.asks('host.set_status', { agent_id: id, status, current_task, message })
        if (fields.name === 'deployer') program.deployer = id
      }
      await program.asks('tools.register', { agent_id: program.deployer, tools: TOOLS })
      await program.asks('host.notify', { kind: 'build.done', message: 'all green', payload: { seconds: 41 } })
      await this.server.api('/api/users', { name: 'Sam' }).catch(() => null)
      await this.server.api(`/api/hosts/${program.id}/grants`, { name: 'Sam', canDecide: true })
      program.answers['tools.execute'] = () => ({ output: { release: 6, steps: ['drain', 'switch', 'warm up'] } })
      return program
    })
  }

  /** What programs ask, as it waits in the inbox of the host. */
  actions() {
    return this.once('actions', async () => {
      const program = await this.program()
      for (const { action, ...fields } of ACTIONS)
        await program.requests(action, { agent_id: program.deployer, ...fields })
      return program
    })
  }

  /** An open dialog of a session. @param {string} entry of the menu */
  async dialog(entry) {
    const { session } = await this.rich()
    const person = await this.at(session)
    await person.page.getByLabel('More').click()
    await person.page.getByRole('button', { name: entry }).click()
    await person.page.locator('dialog[open]').waitFor()
    return person
  }

  /** Somebody at a link that does not work. @param {string} link @param {string} title */
  async refused(link, title) {
    const person = await this.stranger()
    await person.page.goto(link)
    await person.page.getByRole('heading', { name: title }).first().waitFor()
    return person
  }

  async end() {
    const program = await this.made.get('program')
    program?.socket.close()
    await this.world.end()
  }
}
