// A program that is a host: it says on its connection what a story wants, and answers what it is asked.
import { randomUUID } from 'node:crypto'
import { until } from './server.js'

/** A program at the other end of `GET /api/hosts/connect`. */
export class Program {
  /**
   * One that is connected.
   * @param {import('./server.js').Server} server
   * @param {{ name?: string, token?: string, agents?: object[] }} [as] `token`: of scope host; the admin's, if absent
   */
  static async at(server, { name = 'build server', token, agents = [] } = {}) {
    const program = new Program()
    Object.assign(program, { server, name, agents, id: randomUUID(), instance: randomUUID() })
    program.token = token ?? (await server.api('/api/tokens', { scope: 'host', name })).secret
    /** What it says when it is called, by the name of the call. @type {Record<string, (params: any) => any>} */
    program.answers = {}
    /** Every call of the server's, with its parameters. @type {{ method: string, params: any }[]} */
    program.heard = []
    await program.connect()
    return program
  }

  async connect() {
    this.socket = new WebSocket(`${this.server.origin.replace('http', 'ws')}/api/hosts/connect`, {
      headers: { authorization: `Bearer ${this.token}` },
    })
    this.waiting = new Map()
    this.socket.onmessage = ({ data }) => this.#take(JSON.parse(data))
    await new Promise((done, failed) => {
      this.socket.onopen = done
      this.socket.onerror = ({ message }) => failed(new Error(`no connection: ${message}`))
    })
    const { id, instance, name, agents } = this
    await this.asks('host.hello', { protocol_version: 1, host_id: id, instance, name, version: '1.0', agents })
  }

  async #take({ id, method, params, result, error }) {
    if (!method) {
      const { done, failed } = this.waiting.get(id)
      return error ? failed(new Error(`${error.message} (${error.data?.code})`)) : done(result)
    }
    this.heard.push({ method, params })
    if (id === undefined) return
    const answer = (await this.answers[method]?.(params)) ?? null
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: answer }))
  }

  /** Calls the server, and waits for its answer. @param {string} method @param {object} params @returns {Promise<any>} */
  asks(method, params) {
    const id = this.waiting.size + 1
    const answer = new Promise((done, failed) => this.waiting.set(id, { done, failed }))
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return answer
  }

  /** Registers an agent. @param {object} fields @returns {Promise<any>} */
  async registers(fields) {
    return (await this.asks('host.register_agent', { kind: 'script', ...fields })).agent
  }

  /** Asks people. @param {string} action @param {object} [fields] @returns {Promise<any>} the approval */
  async requests(action, fields = {}) {
    return (await this.asks('host.request_approval', { action, ...fields })).approval
  }

  /** Decides what belongs to it. @param {{ id: string }} approval @param {string} resolution */
  resolves({ id }, resolution) {
    return this.asks('host.resolve_approval', { approval_id: id, resolution })
  }

  /** Waits until the server has called it. @param {string} method @returns {Promise<any>} with what */
  async hears(method) {
    return (await until(`${this.name} hears ${method}`, () => this.heard.find(it => it.method === method))).params
  }

  /** The network goes away, and the server knows it. */
  async leaves() {
    this.socket.close()
    await until(`${this.name} is away`, async () => {
      const { hosts } = await this.server.api('/api/hosts')
      return hosts.some(it => it.id === this.id && !it.connected)
    })
  }
}
