// Many tabs of one browser: few connections, one inbox, and nobody left out; also where a browser has no locks.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, launch, Person } from './browser.js'
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
  const holds = count => until(`${count} streams`, () => proxy.streams === count)

  it('eight tabs that are all looked at are live, and leave connections for what is asked besides', async () => {
    tabs = [host.page]
    while (tabs.length < 8) tabs.push(await host.context.newPage())
    for (const page of tabs) await page.goto(`/s/${session.id}`)
    for (const page of tabs) await pill(page, '● Live')
    await holds(5)
    assert.ok(proxy.count <= 6, `${proxy.count} connections`)
    await said('Everybody hears this')
    for (const page of tabs) await sees(page, 'Everybody hears this')
    await tabs[7].getByLabel('Message').fill('from the eighth')
    await tabs[7].getByRole('button', { name: 'Comment', exact: true }).click()
    for (const page of tabs) await sees(page, 'from the eighth')
  })

  it('a tab that nobody looks at holds no stream after 30 seconds, and goes on where it was when it is seen', async () => {
    tabs.push(await host.context.newPage())
    for (const page of tabs.splice(0, 8)) if (page !== host.page) await page.close()
    await host.page.goto('/')
    await tabs[0].clock.install()
    await tabs[0].goto(`/s/${session.id}`)
    await pill(tabs[0], '● Live')
    await holds(2)
    await look(tabs[0], true)
    await tabs[0].clock.runFor(29_000)
    assert.equal(proxy.streams, 2)
    await tabs[0].clock.runFor(2_000)
    await pill(tabs[0], '◔ Asleep')
    await holds(1) // that of the inbox
    await said('while nobody looked')
    await look(tabs[0], false)
    await pill(tabs[0], '● Live')
    await sees(tabs[0], 'while nobody looked')
    await tabs[0].locator('.toast', { hasText: 'Caught up, 1 event' }).waitFor()
    await expect(tabs[0].getByText('Everybody hears this')).toHaveCount(1)
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
    await expect.poll(() => tabs[2].title()).toMatch(/^\(1\)/)
    await host.page.goto('about:blank') // it was the first, so it held the stream
    await holds(2) // and this tab that is looked at has its session's
    const { approvals } = await world.server.api('/api/approvals')
    await world.server.api(`/api/approvals/${approvals[0].id}`, { action: 'reject' })
    for (const page of tabs) await page.locator('.inbox-link .badge').waitFor({ state: 'detached' })
  })

  it('a decision of mine is told by the browser once, when no tab is looked at, and not when one is', async () => {
    await host.context.addInitScript(() => {
      globalThis.told = []
      globalThis.Notification = class {
        static permission = 'granted'
        constructor(title, { body }) {
          globalThis.told.push(`${title}: ${body}`)
          globalThis.last = this
        }
        close() {}
      }
      localStorage.setItem('notifications', '"all"')
    })
    for (const page of tabs) await page.reload()
    for (const page of tabs) await page.locator('.inbox-link').waitFor()
    const told = async () => (await Promise.all(tabs.map(page => page.evaluate(() => globalThis.told)))).flat()
    const prompt = text => world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt: text })
    const count = async text => {
      for (const page of tabs) await page.locator('.inbox-link .badge', { hasText: text }).waitFor()
    }
    await prompt('ask ls')
    await count('1')
    assert.deepEqual(await told(), [])
    for (const page of tabs) await look(page, true)
    await world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt: 'ask pwd' })
    const { approvals } = await world.server.api('/api/approvals')
    await world.server.api(`/api/approvals/${approvals[0].id}`, { action: 'approve' })
    await until('it is told', async () => (await told()).length > 0)
    assert.deepEqual(await told(), ['This waits for you: Run a command?'])
    // Who follows it comes to the card.
    for (const page of tabs) await page.evaluate(() => void globalThis.last?.onclick())
    const hrefs = () => Promise.all(tabs.map(async page => new URL(page.url())))
    const isThere = it => it.pathname === `/s/${session.id}` && /^#a-[\w-]+$/.test(it.hash)
    await until('the card is shown', async () => (await hrefs()).some(isThere))
  })
})

describe('a page on plain http of another computer', () => {
  let world, browser, session, proxy, server, person, tabs

  before(async () => {
    world = await World.start({ WARDROOM_ALLOWED_HOSTS: 'wardroom.test,127.0.0.1' })
    browser = await launch(['--host-resolver-rules=MAP wardroom.test 127.0.0.1'])
    session = await world.share()
    proxy = await Proxy.before(world.server)
    server = { origin: proxy.origin.replace('127.0.0.1', 'wardroom.test') }
    person = await Person.with(browser, server)
    world.people.push(person)
  })
  afterEach(() => world.check())
  after(async () => {
    await browser.close()
    await world.end()
    await proxy.end()
  })

  const holds = count => until(`${count} streams`, () => proxy.streams === count)
  const waiting = (page, text) => page.locator('.inbox-link .badge', { hasText: text }).waitFor()
  const prompt = text => world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt: text })

  it('has no locks, clipboard or notifications, and everything else works', async () => {
    await person.page.goto(world.server.setupLink.replace(world.server.origin, server.origin))
    await person.page.getByLabel('Your name').fill('Ana')
    await person.page.getByRole('button', { name: 'Start' }).click()
    await person.page.getByText('Nothing waits for you.').waitFor()
    const has = await person.page.evaluate(() => [isSecureContext, 'locks' in navigator, 'clipboard' in navigator])
    assert.deepEqual(has, [false, false, false])
    await person.page.goto(`/s/${session.id}`)
    await person.isLive()
    await person.write('Prompt', 'ask cargo test')
    const card = person.card('Run a command?')
    await card.getByRole('button', { name: 'Allow', exact: false }).first().click()
    await person.sees('Done.')
    await person.page.getByRole('button', { name: 'Share' }).click()
    await person.page.getByRole('button', { name: 'Make a link' }).click()
    await person.page.getByRole('button', { name: 'Copy' }).first().click()
    await person.page.locator('.toast', { hasText: /^Cop(ied|y it by hand)/ }).waitFor()
    await person.page.keyboard.press('Escape')
    await person.page.goto('/me')
    await person.page.getByText('On plain http of another computer').waitFor()
  })

  it('has one inbox for all its tabs, and leaves connections for what is asked besides', async () => {
    tabs = [person.page]
    while (tabs.length < 8) tabs.push(await person.context.newPage())
    for (const page of tabs) await page.goto(`/s/${session.id}`)
    for (const page of tabs) await page.locator('#pill', { hasText: '● Live' }).waitFor()
    await holds(5)
    assert.ok(proxy.count <= 6, `${proxy.count} connections`)
    await prompt('ask ls')
    for (const page of tabs) await waiting(page, '1')
    await tabs[7].getByLabel('Message').fill('from the eighth')
    await tabs[7].getByRole('button', { name: 'Comment', exact: true }).click()
    for (const page of tabs) await page.locator('#timeline').getByText('from the eighth').first().waitFor()
  })

  it('a tab that is closed, or not looked at any more, leaves its streams to the others', async () => {
    for (const page of tabs.splice(1, 5)) await page.close()
    await holds(4)
    await look(tabs[0], true)
    await tabs[1].goto('/')
    await tabs[2].reload()
    await holds(2)
    const { approvals } = await world.server.api('/api/approvals')
    await world.server.api(`/api/approvals/${approvals[0].id}`, { action: 'reject' })
    for (const page of tabs) await page.locator('.inbox-link .badge').waitFor({ state: 'detached' })
    await prompt('ask pwd')
    for (const page of tabs) await waiting(page, '1')
  })
})
