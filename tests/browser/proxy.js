// What stands between a browser and a server: it counts connections, cuts them, lets nobody in, or falls silent.
import { connect, createServer } from 'node:net'

/** A proxy of connections on a free port of this machine. */
export class Proxy {
  /** In front of a server. */
  static async before(server) {
    const proxy = new Proxy()
    proxy.server = server
    proxy.pairs = new Set()
    proxy.isSilent = false
    proxy.isQuiet = false
    proxy.isClosed = false
    proxy.listener = createServer(from => proxy.#pair(from))
    await new Promise(done => proxy.listener.listen(0, '127.0.0.1', done))
    proxy.port = proxy.listener.address().port
    proxy.origin = `http://127.0.0.1:${proxy.port}`
    return proxy
  }

  #pair(from) {
    if (this.isClosed) return from.destroy()
    const { hostname, port } = new URL(this.server.origin)
    const to = connect(Number(port), hostname)
    const pair = { from, to, isStream: false }
    this.pairs.add(pair)
    const end = () => {
      from.destroy()
      to.destroy()
      this.pairs.delete(pair)
    }
    for (const it of [from, to]) it.on('error', end).on('close', end)
    from.on('data', data => {
      const asked = data.toString('latin1').match(/^[A-Z]+ (\S+) HTTP/)
      if (asked) pair.isStream = asked[1].endsWith('/stream')
      to.write(data)
    })
    to.on('data', data => this.isSilent || (this.isQuiet && pair.isStream) || from.write(data))
  }

  /** How many connections browsers have open. */
  get count() {
    return this.pairs.size
  }

  /** How many of them are streams. */
  get streams() {
    return [...this.pairs].filter(it => it.isStream).length
  }

  /** Nothing that the server says arrives any more. */
  silence() {
    this.isSilent = true
  }

  /** Nothing arrives any more on streams; everything else does. */
  quieten() {
    this.isQuiet = true
  }

  /** Breaks every connection, and lets nobody in. */
  cut() {
    this.isClosed = true
    for (const { from } of this.pairs) from.destroy()
  }

  /** All is well again. */
  mend() {
    this.isSilent = false
    this.isQuiet = false
    this.isClosed = false
  }

  async end() {
    this.cut()
    await new Promise(done => this.listener.close(done))
  }
}
