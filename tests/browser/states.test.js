// How the connection, the agent and the session are, as somebody sees it.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, Person } from './browser.js'
import { Proxy } from './proxy.js'
import { until } from './server.js'
import { World } from './world.js'

describe('what is live and what is not', () => {
  let world, session, host, guest, proxy

  before(async () => {
    world = await World.start()
    proxy = await Proxy.before(world.server)
    host = await world.host()
    session = await world.share()
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
  })
  afterEach(() => world.check())
  after(async () => {
    await world.end()
    await proxy.end()
  })

  const pill = (person, text) => person.page.locator('#pill', { hasText: text }).waitFor()
  const toast = (person, text) => person.page.locator('.toast', { hasText: text }).waitFor()
  const banner = person => person.page.locator('#banner')
  const said = text => world.server.api(`/api/shared-sessions/${session.id}/messages`, { text })
  const titled = (person, words) => until(`the tab says ${words}`, async () => words.test(await person.page.title()))
  const doing = (person, text) => person.page.locator('#doing', { hasText: text }).waitFor()

  it('the page says that it connects until the stream is open, and keeps what is written meanwhile', async () => {
    guest = await Person.with(world.browser, proxy)
    world.people.push(guest)
    await guest.page.clock.install()
    await guest.page.goto(session.link)
    await guest.page.getByLabel('Your name').fill('Sam')
    let [go, load] = [() => {}, () => {}]
    const held = new Promise(done => (go = done))
    const loaded = new Promise(done => (load = done))
    const snapshot = new RegExp(`/shared-sessions/${session.id}$`)
    await guest.page.route(snapshot, async route => {
      await loaded
      await route.continue()
    })
    await guest.page.route('**/stream', async route => {
      await held
      await route.continue()
    })
    await guest.page.getByRole('button', { name: 'Join' }).click()
    await guest.page.locator('.coming').first().waitFor()
    await pill(guest, '○ Connecting')
    load()
    await guest.page.locator('#composer').waitFor()
    await pill(guest, '○ Connecting')
    await guest.page.getByLabel('Message').fill('a draft')
    go()
    await pill(guest, '● Live')
    await guest.page.unroute('**/stream')
    await guest.page.unroute(snapshot)
    await expect(guest.page.getByLabel('Message')).toHaveValue('a draft')
  })

  it('a stream on which nothing comes is slow, and the server is asked; while that answers, the stream is kept', async () => {
    const isAsked = () => guest.page.waitForResponse('**/livez')
    // What has arrived is a task of the page: it comes before what is asked of it then.
    const heard = () => guest.page.evaluate(() => 0)
    proxy.quieten()
    const [answer] = await Promise.all([isAsked(), guest.page.clock.fastForward(26_000)])
    assert.equal(answer.status(), 200)
    await answer.finished()
    await heard()
    await guest.page.clock.fastForward(10_500)
    await pill(guest, '◔ Slow')
    proxy.mend()
    await said('It was only quiet')
    await pill(guest, '● Live')
    await guest.sees('It was only quiet')
    // What was not heard of since then is not waited for any longer.
    proxy.quieten()
    await said('Nobody hears this')
    const [again] = await Promise.all([isAsked(), guest.page.clock.fastForward(26_000)])
    await again.finished()
    await heard()
    await pill(guest, '◔ Slow')
    await guest.page.clock.fastForward(20_000)
    await pill(guest, '◌ Reconnecting')
    proxy.mend()
    await guest.page.clock.fastForward(60_000)
    await pill(guest, '● Live')
    await guest.sees('Nobody hears this')
  })

  it('a stream of a server that does not answer either is left at once, and comes back with what was missed', async () => {
    proxy.silence()
    await said('Is anybody there?')
    await Promise.all([guest.page.waitForRequest('**/livez'), guest.page.clock.fastForward(26_000)])
    await pill(guest, '◔ Slow')
    await guest.page.clock.fastForward(10_500)
    await pill(guest, '◌ Reconnecting')
    proxy.mend()
    await guest.page.clock.fastForward(60_000)
    await pill(guest, '● Live')
    await guest.sees('Is anybody there?')
  })

  it('a stream that breaks counts down to the next try, which can be made now, and says how much was missed', async () => {
    proxy.cut()
    await pill(guest, '◌ Reconnecting, try 1')
    await guest.page.clock.runFor(2_000)
    await guest.page.locator('#pill', { hasText: /try [2-9] in \d+ s/ }).waitFor()
    await said('one')
    await said('two')
    proxy.mend()
    await guest.page.locator('#pill').getByRole('button', { name: 'Now' }).click()
    await pill(guest, '● Live')
    await toast(guest, 'Caught up, 2 events')
    for (const text of ['one', 'two'])
      await expect(guest.page.locator('.comment .text', { hasText: text })).toHaveCount(1)
  })

  it('a browser without a network says so, shows what it has, and catches up', async () => {
    await guest.context.setOffline(true)
    await pill(guest, '✕ Offline')
    await said('three')
    await guest.sees('two')
    await guest.context.setOffline(false)
    await pill(guest, '● Live')
    await guest.sees('three')
  })

  it('a server with another history has its timeline loaded again, and nobody loses their place', async () => {
    for (let n = 1; n <= 60; n++) await said(`comment ${n} of many`)
    await guest.sees('comment 60 of many')
    const read = guest.page.locator('.comment', { hasText: 'comment 20 of many' })
    await read.scrollIntoViewIfNeeded()
    await guest.page.getByText('jump to live', { exact: false }).waitFor()
    const where = await read.evaluate(it => it.getBoundingClientRect().top)
    const frame = { type: 'reset', payload: { reason: 'diverged', asOf: '1' } }
    const answer = { contentType: 'text/event-stream', body: `data: ${JSON.stringify(frame)}\n\n` }
    await guest.page.route('**/shared-sessions/*/stream', route => route.fulfill(answer), { times: 1 })
    proxy.cut()
    proxy.mend()
    await toast(guest, 'Reloaded the timeline')
    await pill(guest, '● Live')
    const now = await read.evaluate(it => it.getBoundingClientRect().top)
    assert.ok(Math.abs(now - where) < 3, `moved from ${where} to ${now}`)
  })

  it('what the agent does stands in the bar and on the tab', async () => {
    await doing(host, 'Idle')
    await host.write('Prompt', 'hang')
    for (const it of [host, guest]) await doing(it, 'Thinking')
    await host.page.getByRole('button', { name: 'Stop' }).click()
    for (const it of [host, guest]) await doing(it, 'Idle')
    await host.write('Prompt', 'ask cargo test')
    await doing(host, 'Waiting for you')
    await doing(guest, 'Waiting for Ana')
    await titled(host, /^\(1\) Waiting for you · Fix the flaky checkout test/)
    await titled(guest, /^Waiting for Ana ·/)
    await expect.poll(() => host.page.locator('#icon').getAttribute('href')).toMatch(/icon_waiting/)
    await host.card('Run a command?').getByRole('button', { name: 'Reject', exact: false }).first().click()
    await doing(guest, 'Idle')
    await titled(host, /^[^(]/)
    await expect.poll(() => host.page.locator('#icon').getAttribute('href')).toMatch(/icon\.svg/)
  })

  it('an agent that has crashed says how, to its owner, who starts it again', async () => {
    await host.write('Prompt', 'crash')
    await doing(guest, 'Agent crashed')
    await banner(host).getByText('It ended with code 3.').waitFor()
    await banner(host).getByText('wardroom-demo: asked to crash').waitFor()
    await expect(banner(guest).getByRole('button')).toHaveCount(0)
    await expect(banner(guest).getByText('asked to crash')).toHaveCount(0)
    await banner(host).getByRole('button', { name: 'Restart and resume' }).click()
    for (const it of [host, guest]) await banner(it).waitFor({ state: 'hidden' })
  })

  it('one that cannot take up where it was begins anew in the same session', async () => {
    const short = await world.share({ title: 'Forgetful' }, 'scripted')
    await host.enters(short)
    await host.write('Prompt', 'what no script has')
    await banner(host).getByText('It ended with code 1.').waitFor()
    await expect(banner(host).getByRole('button', { name: 'Restart and resume' })).toHaveCount(0)
    await banner(host).getByRole('button', { name: 'Begin a new conversation' }).click()
    await banner(host).waitFor({ state: 'hidden' })
    await world.server.script('a script', { updates: [] })
    await host.write('Prompt', 'a script')
    await host.page.locator('.turn .fold', { hasText: 'done' }).waitFor()
    // Not in secret: what its agent would forget is not tried again by itself.
    await world.server.script('a refusal', { error: { code: -32000, message: 'Authentication required' } })
    await host.write('Prompt', 'a refusal')
    await banner(host).getByText('Scripted agent needs a login').waitFor()
    await expect(banner(host).getByRole('button', { name: 'Try again' })).toHaveCount(0)
    await banner(host).getByRole('button', { name: 'Begin a new conversation' }).click()
    await banner(host).waitFor({ state: 'hidden' })
    await host.enters(session)
  })

  it('an agent that needs a login says so, how, and where', async () => {
    await host.write('Prompt', 'auth')
    for (const it of [host, guest])
      await banner(it)
        .getByText(/needs a login\. .*Demo login.*log in there/)
        .waitFor()
    await banner(host).getByText('It runs on').waitFor()
    await expect(banner(guest).getByRole('button')).toHaveCount(0)
    await banner(host).getByRole('button', { name: 'Try again' }).click()
    for (const it of [host, guest]) await banner(it).waitFor({ state: 'hidden' })
  })

  it('a computer that is away says since when, and its decisions are kept', async () => {
    const laptop = await world.server.laptop('ana-laptop')
    const asked = { agent: 'demo', hostId: laptop.host.id, title: 'On a laptop' }
    const { agentSession } = await world.server.api('/api/agent-sessions', asked)
    const shared = await world.server.api('/api/shared-sessions', { hostSessionId: agentSession.id })
    await host.page.goto(`/s/${shared.session.id}`)
    await host.isLive()
    await host.write('Prompt', 'ask cargo bench')
    await host.card('Run a command?').waitFor()
    laptop.kill('SIGKILL')
    await banner(host)
      .getByText(/ana-laptop is not connected since \d\d:\d\d.*Decisions are kept/)
      .waitFor()
    await doing(host, 'host away')
    const card = host.card('Run a command?')
    await card.getByText('The computer of the agent is not connected, so nothing can be decided now.').waitFor()
    await expect(card.getByRole('button', { name: 'Allow once' })).toBeDisabled()
    await host.write('Prompt', 'echo when it is back')
    await host.sees('echo when it is back')
    await host.page.reload()
    await banner(host)
      .getByText(/ana-laptop is not connected since \d\d:\d\d/)
      .waitFor()
    const again = await world.server.laptop('ana-laptop')
    await banner(host).getByText('not connected').waitFor({ state: 'hidden' })
    await host.hears('when it is back') // what was sent meanwhile was kept
    again.kill('SIGTERM')
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
  })

  it('a session whose time is up is read only, and says so', async () => {
    const short = await world.share()
    await guest.page.goto(short.link)
    await guest.page.getByLabel('Your name').fill('Sam')
    await guest.page.getByRole('button', { name: 'Join' }).click()
    await pill(guest, '● Live')
    world.server.sql(`update sessions set expires_at = created_at where id = '${short.id}'`)
    await guest.page.reload()
    await guest.page.locator('#ended', { hasText: 'The time of this session is up' }).waitFor()
    await pill(guest, '✕ Ended')
    await expect(guest.page.locator('#composer').getByRole('button')).toHaveCount(0)
  })

  it('who is removed has a page that says so, at once and when the stream was broken', async () => {
    for (const isCut of [false, true]) {
      const kim = await Person.with(world.browser, proxy)
      world.people.push(kim)
      // Whoever is removed takes their invite with them.
      const { invite } = await world.server.api(`/api/shared-sessions/${session.id}/invites`, { role: 'collaborator' })
      await kim.page.goto(`/join/${session.id}#${invite.token}`)
      await kim.page.getByLabel('Your name').fill('Kim')
      await kim.page.getByRole('button', { name: 'Join' }).click()
      await pill(kim, '● Live')
      if (isCut) proxy.cut()
      const { participants } = await world.server.api(`/api/shared-sessions/${session.id}/participants`)
      const { id } = participants.findLast(it => it.displayName.startsWith('Kim'))
      await world.server.api(`/api/shared-sessions/${session.id}/participants/${id}`, undefined, { method: 'DELETE' })
      proxy.mend()
      await kim.page.getByRole('heading', { level: 2, name: 'Your access was ended' }).waitFor()
      await expect(kim.page.locator('#composer')).toHaveCount(0)
    }
  })

  it('who is signed out elsewhere has to sign in, and the stream is over', async () => {
    const { devices } = await host.page.evaluate(async () => (await fetch('/api/me/devices')).json())
    await world.server.api('/api/me') // the token is not what is signed out
    const path = `/api/me/devices/${devices.find(it => it.isCurrent ?? it.current).id}`
    await world.server.api(path, undefined, { method: 'DELETE' })
    await host.page.getByRole('heading', { level: 2, name: 'Your access has ended' }).waitFor()
    await expect(host.page.locator('#composer')).toHaveCount(0)
  })
})
