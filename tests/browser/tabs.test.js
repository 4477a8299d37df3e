// Many tabs of one browser: few connections, one inbox, and nobody left out; also where a browser has no locks.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { Person, launch } from './browser.js'
import { Proxy } from './proxy.js'
import { until } from './server.js'
import { World } from './world.js'

/** Makes a page believe that it is looked at, or not. */
const look = (page, hidden) =>
  page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)

describe('tabs', () => {
  let world, session, host, proxy, tabs

  before(async () => {
    world = await World.start()
    proxy = await Proxy.before(world.server)
    host = await world.host()
    session = await world.share()
    const state = await host.context.storageState()
    await host.context.close()
    world.people = []
    host = await Person.with(world.browser, proxy, { storageState: state, permissions: ['notifications'] })
    world.people.push(host)
  })
  afterEach(() => world.check())
  after(async () => {
    await world.end()
    await proxy.end()
  })

  const said = text => world.server.api(`/api/shared-sessions/${session.id}/messages`, { text })
  const pill = (page, text) => page.locator('#pill', { hasText: text }).waitFor()
  const sees = (page, text) => page.locator('#timeline').getByText(text).first().waitFor()
  /** The streams that a browser holds, by what it asked for and has not got to the end of. */
  const streams = async () => {
    const all = await Promise.all(tabs.map(page => page.evaluate(() => globalThis.open_streams ?? 0)))
    return all.reduce((sum, it) => sum + it, 0)
  }
  const counting = () => {
    const ask = globalThis.fetch
    globalThis.open_streams = 0
    globalThis.fetch = async (path, how) => {
      const answer = await ask(path, how)
      if (!String(path).endsWith('/stream') || !answer.ok) return answer
      globalThis.open_streams++
      const body = answer.body.pipeThrough(new TransformStream())
      const ended = () => globalThis.open_streams--
      how.signal.addEventListener('abort', ended, { once: true })
      return new Response(body, answer)
    }
  }

  it('eight tabs that are all looked at are live, and leave connections for what is asked besides', async () => {
    await host.context.addInitScript(counting)
    tabs = [host.page]
    while (tabs.length < 8) tabs.push(await host.context.newPage())
    for (const page of tabs) await page.goto(`/s/${session.id}`)
    for (const page of tabs) await pill(page, '● Live')
    assert.equal(await streams(), 5)
    assert.ok(proxy.count <= 6, `${proxy.count} connections`)
    await said('Everybody hears this')
    for (const page of tabs) await sees(page, 'Everybody hears this')
    await tabs[7].getByLabel('Message').fill('from the eighth')
    await tabs[7].getByRole('button', { name: 'Comment', exact: true }).click()
    for (const page of tabs) await sees(page, 'from the eighth')
  })

  it('a tab that nobody looks at holds no stream after 30 seconds, and goes on where it was when it is seen', async () => {
    const [page] = tabs.splice(0, 1)
    for (const it of tabs) await it.close()
    tabs = [await host.context.newPage()]
    await page.close()
    await tabs[0].clock.install()
    await tabs[0].goto(`/s/${session.id}`)
    await pill(tabs[0], '● Live')
    assert.equal(await streams(), 2)
    await look(tabs[0], true)
    await tabs[0].clock.runFor(29_000)
    assert.equal(await streams(), 2)
    await tabs[0].clock.runFor(2_000)
    await pill(tabs[0], '◔ Asleep')
    assert.equal(await streams(), 1) // that of the inbox
    await said('while nobody looked')
    await look(tabs[0], false)
    await pill(tabs[0], '● Live')
    await sees(tabs[0], 'while nobody looked')
    await tabs[0].locator('.toast', { hasText: 'Caught up, 1 event' }).waitFor()
    assert.equal(await tabs[0].getByText('Everybody hears this').count(), 1)
  })

  it('a hidden tab lets go at once when another is looked at', async () => {
    await look(tabs[0], true)
    await pill(tabs[0], '● Live')
    tabs.push(await host.context.newPage())
    await tabs[1].goto(`/s/${session.id}`)
    await pill(tabs[1], '● Live')
    await pill(tabs[0], '◔ Asleep')
  })

  it('one tab holds the inbox for all, and another takes over when it is closed', async () => {
    const prompt = text => world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt: text })
    tabs.push(await host.context.newPage())
    await tabs[2].goto('/')
    await pill(tabs[2], '● Live')
    await prompt('ask one')
    for (const page of tabs) await page.locator('.inbox-link .badge', { hasText: '1' }).waitFor()
    assert.match(await tabs[2].title(), /^\(1\)/)
    await tabs[0].close()
    tabs.shift()
    await until('another holds it', async () => (await streams()) === 2)
    await world.server.api(`/api/shared-sessions/${session.id}/approvals`)
    const { approvals } = await world.server.api('/api/approvals')
    await world.server.api(`/api/approvals/${approvals[0].id}`, { action: 'reject' })
    for (const page of tabs) await page.locator('.inbox-link .badge').waitFor({ state: 'detached' })
  })

  it('a decision of mine is told once by the browser when no tab is looked at, and not when one is', async () => {
    for (const page of tabs) {
      await page.evaluate(() => {
        globalThis.told = []
        globalThis.Notification = class {
          static permission = 'granted'
          constructor(title, { body }) {
            globalThis.told.push(`${title}: ${body}`)
          }
        }
        localStorage.setItem('notifications', '"all"')
      })
    }
    const told = async () => (await Promise.all(tabs.map(page => page.evaluate(() => globalThis.told)))).flat()
    const prompt = text => world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt: text })
    assert.deepEqual(await told(), [])
    await prompt('ask two')
    for (const page of tabs) await page.locator('.inbox-link .badge', { hasText: '1' }).waitFor()
    assert.deepEqual(await told(), [])
  })
})
