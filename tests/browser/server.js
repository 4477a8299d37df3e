// The real server in a process, on a free port of this machine and in a directory of its own.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { scriptOf } from './scripts.js'

const BINARY = process.env.WARDROOM_BIN ?? fileURLToPath(new URL('../../target/debug/wardroom', import.meta.url))
/** What can be shared besides the demo agent; the last one lies about who it is. @param {string} folder of its scripts */
const agents = folder => {
  const command = (file, ...rest) =>
    JSON.stringify([process.execPath, fileURLToPath(new URL(file, import.meta.url)), ...rest])
  return `
[agents.odd]
command = ${command('odd_agent.js')}
[agents.scripted]
command = ${command('scripted_agent.js', folder, 'Scripted agent')}
[agents.liar]
command = ${command('scripted_agent.js', folder, '<img src=x onerror=alert(1)> Host \u2714 \u202egnp')}
`
}

/** How long anything may take, in milliseconds; far more than it does. */
export const PATIENCE = 15_000

/** Asks again until the answer is not false; for what cannot be waited for in any other way. */
export async function until(what, ask) {
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    const answer = await ask()
    if (answer) return answer
    await new Promise(done => setTimeout(done, 20))
  }
  throw new Error(`in ${PATIENCE / 1000} s, not: ${what}`)
}

const isAlive = pid => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A server that can be killed and started again. */
export class Server {
  /** Starts one. @param {string} speed of the demo agent @param {object} settings as variables of the environment */
  static async start(speed, settings = {}) {
    const server = new Server()
    server.settings = settings
    server.home = await mkdtemp(join(tmpdir(), 'wardroom-browser-'))
    server.data = join(server.home, 'data')
    server.speed = speed
    server.config = join(server.home, 'config.toml')
    await writeFile(server.config, agents(server.home))
    server.listen = '127.0.0.1:0'
    await server.begin()
    server.setupLink = server.said.match(/http\S+#wr_set_\S+/)[0]
    server.origin = new URL(server.setupLink).origin
    server.listen = new URL(server.origin).host
    return server
  }

  #environment() {
    const { PATH } = process.env
    const places = { HOME: this.home, TMPDIR: this.home, XDG_STATE_HOME: this.home }
    const own = { WARDROOM_DATA_DIR: this.data, WARDROOM_CONFIG: this.config, WARDROOM_DEMO_SPEED: this.speed }
    return { PATH, ...places, ...own, ...this.settings }
  }

  /** Starts the program; it is ready when it has said how to stop it. */
  async begin() {
    this.said = ''
    this.child = spawn(BINARY, ['serve', '--listen', this.listen], { env: this.#environment() })
    for (const from of [this.child.stdout, this.child.stderr]) from.on('data', it => (this.said += it))
    this.ended = new Promise(done => this.child.once('exit', done))
    await until(`the server starts: ${this.said}`, () => this.said.includes('Ctrl-C stops'))
  }

  /** kill -9. The host process, and with it the agents, lives on. */
  async kill() {
    this.child.kill('SIGKILL')
    await this.ended
  }

  /** Ends everything, the host process too, and leaves nothing behind. */
  async end() {
    await this.kill()
    const lock = await readFile(join(this.data, 'host.lock'), 'utf8')
    const host = Number(lock.match(/^process (\d+)/)[1])
    process.kill(host, 'SIGTERM')
    await until('the host process ends', () => !isAlive(host))
    await rm(this.home, { recursive: true, force: true })
  }

  /** A computer that runs agents for this server. @returns its process, which the caller ends */
  async laptop(name) {
    this.token ??= (await this.cli('token', 'create', '--json')).secret
    const own = {
      WARDROOM_DATA_DIR: join(this.home, name),
      XDG_STATE_HOME: join(this.home, name),
      WARDROOM_TOKEN: this.token,
    }
    const child = spawn(BINARY, ['host', '--server', this.origin, '--name', name], {
      env: { ...this.#environment(), ...own },
    })
    await until(`${name} is connected`, async () => {
      const { hosts } = await this.api('/api/hosts')
      child.host = hosts.find(it => it.name === name && it.connected)
      return child.host
    })
    return child
  }

  /** Runs a command of ours against this server. @returns what it prints, as JSON where it is that */
  async cli(...args) {
    const child = spawn(BINARY, args, { env: this.#environment() })
    let out = ''
    let error = ''
    child.stdout.on('data', it => (out += it))
    child.stderr.on('data', it => (error += it))
    const code = await new Promise(done => child.once('close', done))
    if (code !== 0) throw new Error(`wardroom ${args.join(' ')}: ${code}: ${error}`)
    return args.includes('--json') ? JSON.parse(out) : out
  }

  /** Says what the agent that follows scripts does at a prompt. @param {string} prompt @param {object} script */
  async script(prompt, script) {
    await writeFile(scriptOf(this.home, prompt), JSON.stringify(script))
  }

  /** Changes the database by hand, for what no command does. */
  sql(text) {
    const file = new DatabaseSync(join(this.data, 'wardroom.db'), { timeout: PATIENCE })
    file.exec(text)
    file.close()
  }

  /** Asks the API, as the admin unless a token says otherwise, for what must not be refused. */
  async api(path, body, { method = body ? 'POST' : 'GET', token } = {}) {
    this.token ??= (await this.cli('token', 'create', '--json')).secret
    const headers = { authorization: `Bearer ${token ?? this.token}`, 'content-type': 'application/json' }
    const answer = await fetch(this.origin + path, { headers, method, body: body && JSON.stringify(body) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return text && JSON.parse(text)
  }
}
