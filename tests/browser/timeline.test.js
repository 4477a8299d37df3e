// How the timeline reads: it follows without stealing, folds what is old, groups what belongs together.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { fill } from './long_log.js'
import { until } from './server.js'
import { World } from './world.js'

describe('the timeline', () => {
  let world, session, host, guest

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
  })
  afterEach(() => world.check())
  after(() => world.end())

  const base = () => `/api/shared-sessions/${session.id}`
  const said = text => world.server.api(`${base()}/messages`, { text })
  const top = person => person.page.evaluate(() => scrollY)
  const isAtEnd = person =>
    person.page.evaluate(() => scrollY + innerHeight > document.documentElement.scrollHeight - 2)

  it('lines of the system that come together stand together, who is here is counted, and lists keep their boxes', async () => {
    guest = await world.guest('Sam', session.link)
    const line = host.page.locator('.line', { hasText: 'joined' }).first()
    await host.page.locator('.line', { hasText: 'Sam' }).waitFor()
    await expect.poll(() => line.textContent()).toMatch(/The session began.*Ana.*joined.*Sam.*joined/s)
    await guest.page.goto('/')
    await host.page.locator('.here-are', { hasText: '1 here' }).waitFor({ timeout: 30_000 })
    await guest.page.goto(`/s/${session.id}`)
    await host.page.locator('.here-are', { hasText: '2 here' }).waitFor()
    await host.write('Prompt', 'markdown')
    await host.page.locator('.fold', { hasText: 'done' }).waitFor()
    await expect(host.page.locator('.prose input[type=checkbox]')).toHaveCount(2)
  })

  it('follows the end, until somebody scrolls up; then a button says how much is new, and nothing moves', async () => {
    for (let n = 1; n <= 40; n++) await said(`line ${n} of many`)
    await guest.sees('line 40 of many')
    await until('it follows', () => isAtEnd(guest))
    await guest.page.mouse.move(700, 400)
    const end = await top(guest)
    await guest.page.mouse.wheel(0, -60)
    await until('it has scrolled', async () => (await top(guest)) === end - 60)
    await guest.page.locator('#newer').waitFor()
    const before = await top(guest)
    await guest.page.getByLabel('Message').click()
    await guest.page.keyboard.type('reading and writing')
    for (let n = 1; n <= 3; n++) await said(`news ${n}`)
    await guest.page.locator('#newer', { hasText: '3 new, jump to live' }).waitFor()
    assert.equal(await top(guest), before)
    await expect.poll(() => guest.page.evaluate(() => document.activeElement.id)).toBe('area')
    await guest.page.getByLabel('Message').fill('')
    await guest.page.locator('#newer').click()
    await until('it follows again', () => isAtEnd(guest))
    await guest.page.locator('#newer').waitFor({ state: 'detached' })
    await said('the last one')
    await guest.sees('the last one')
    await until('it still follows', () => isAtEnd(guest))
  })

  it('folds turns when twenty newer ones are there, and opens the one that somebody wants to read', async () => {
    const folded = () => guest.page.locator('.block.turn .fold[aria-expanded=false]')
    const events = await world.events(session)
    const turn = events.slice(events.findIndex(it => it.type === 'prompt_approved'))
    const length = turn.findIndex(it => it.type === 'prompt_dispatch_completed') + 1
    const shown = await world.server.api(base())
    await fill(
      world.server,
      session,
      { ...shown, approvals: [] },
      turn.slice(0, length),
      events.at(-1),
      events.length + 21 * length,
    )
    await guest.page.reload()
    await until('two are folded', async () => (await folded().count()) === 2)
    const first = guest.page.locator('.block.turn').first()
    await expect.poll(() => first.locator('.fold').textContent()).toMatch(/Ana.*markdown.*done/s)
    await first.locator('.fold').click()
    await first.locator('.prose').waitFor()
    await expect(folded()).toHaveCount(1)
    // Another turn folds one more; not the one that is read.
    await host.write('Prompt', 'help')
    await until('the next one is folded', async () => (await folded().count()) === 2)
    await expect.poll(() => first.locator('.fold').getAttribute('aria-expanded')).toBe('true')
    await guest.seesTurns(23)
    await expect(first.locator('.prose')).toHaveCount(1)
  })

  it('what only looks stands in one line, with how much it looked at, and what of it failed', async () => {
    const look = (kind, n, status = 'completed') => ({
      sessionUpdate: 'tool_call',
      toolCallId: `${kind}-${n}`,
      kind,
      status,
      title: `${kind} number ${n}`,
    })
    const say = text => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
    const seven = Array.from({ length: 7 }, (_, n) => look('read', n))
    const two = [look('search', 1), look('search', 2, 'failed')]
    const updates = [...seven, say('And now'), ...two, say('both'), look('read', 8), look('search', 3), look('edit', 1)]
    await world.server.script('look around', { updates })
    const other = await world.share({}, 'scripted')
    await host.enters(other)
    await host.write('Prompt', 'look around')
    await host.seesTurns(1)
    const said = await host.page.locator('.tool > summary').allInnerTexts()
    const words = said.map(it => it.replace(/\s+/g, ' ').trim())
    const groups = ['read 7 files', 'searched 2 times ✗ 1 failed', 'looked at 2 files', 'edit edit number 1 ✓ done']
    assert.deepEqual(words, groups)
    const group = host.page.locator('.tool.group').first()
    await group.locator('> summary').click()
    await group.getByText('read number 6').waitFor()
    await expect(group.locator('.tool')).toHaveCount(7)
    await host.enters(session)
  })

  it('a link to an event opens there, also within a turn that is folded, and follows nothing', async () => {
    const events = await world.events(session)
    const { seq } = events.find(it => it.type === 'prompt_approved')
    await guest.page.goto('/')
    await guest.page.goto(`/s/${session.id}#e${seq}`)
    await until('it is on the screen', () =>
      guest.page.evaluate(() => {
        const box = document.activeElement.getBoundingClientRect()
        return document.activeElement.textContent.includes('markdown') && box.top > 0 && box.bottom < innerHeight
      }),
    )
    await said('somewhere else')
    await guest.page.locator('#newer', { hasText: '1 new' }).waitFor()
  })

  it('who writes is seen to write, and to have stopped when it is sent', async () => {
    await guest.page.getByLabel('Message').pressSequentially('Hel')
    await host.page.locator('.here-are', { hasText: 'Sam writes…' }).waitFor()
    await guest.page.getByRole('button', { name: 'Comment', exact: true }).click()
    await host.page.locator('.here-are', { hasText: 'Sam writes…' }).waitFor({ state: 'detached' })
  })

  it('what is sent while the server is away is kept over a reload, and arrives once', async () => {
    let asked = 0
    await guest.page.route('**/messages', async route => {
      asked++
      if (asked > 1) return route.continue()
      await route.fetch() // the server does it, and is gone before it can say so
      await world.server.kill()
      await route.abort()
    })
    await guest.write('Comment', 'sent once')
    await guest.page.locator('.unsent', { hasText: 'Not sent yet' }).waitFor()
    await world.server.begin()
    await guest.page.reload()
    await guest.sees('sent once')
    await guest.page.locator('.unsent').getByText('sent once').waitFor({ state: 'detached' })
    assert.ok(asked > 1)
    const { messages } = await world.server.api(`${base()}/messages?order=desc`)
    assert.equal(messages.filter(it => it.text === 'sent once').length, 1)
    await guest.page.unroute('**/messages')
  })
})
